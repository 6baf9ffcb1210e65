import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ALGORITHMS, findAlgorithm } from "../../../scoring/algorithm/mod.ts";
import { defaultDetection } from "../../../scoring/detect/mod.ts";
import { ADVICE } from "../../../scripts/algorithms/advice.ts";
import { readFigures } from "../../../scripts/algorithms/figures.ts";
import { guideText } from "../../../scripts/algorithms/guide.ts";

Deno.test("docs/algorithms.md is what is written from the algorithms and their figures", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/algorithms.md", import.meta.url));
  assertEquals(page, guideText(ALGORITHMS, readFigures()));
});

Deno.test("the guide tells every algorithm and every parameter", () => {
  const page = guideText(ALGORITHMS, {});
  for (const { name, source, parameters } of ALGORITHMS) {
    const [, section] = page.split(`\n### ${name}\n`);
    assertStringIncludes(section.split("\n### ")[0].replaceAll("\n", " "), source);
    for (const key of Object.keys(parameters)) assertStringIncludes(section, `\`${key}\``);
  }
});

Deno.test("the guide advises what there is", () => {
  for (const { take } of ADVICE) assert(findAlgorithm(take), take);
});

for (
  const [what, metrics, bucketMs] of [
    ["one metric", 1, 300_000],
    ["several metrics", 3, 300_000],
    ["several metrics by the second", 3, 1_000],
  ] as const
) {
  Deno.test(`the guide advises for ${what} what a detector has by default`, () => {
    const kind = "gauge" as const;
    const plans = Array.from({ length: metrics }, (_, index) => ({ name: `metric${index}`, kind }));
    const { algorithm } = defaultDetection(plans, bucketMs);
    assert(
      ADVICE.some(({ take, why }) => take === algorithm && why.includes("default")),
      algorithm,
    );
  });
}

Deno.test("every method that can be measured was, and nothing else", () => {
  const figures = readFigures();
  for (const { name, input, isLearner } of ALGORITHMS) {
    const { auc, rowsPerSecond, series } = figures[name] ?? {};
    if (input === "rows") assert(auc !== undefined && rowsPerSecond !== undefined, name);
    else if (!isLearner) assert(series?.nab?.nabScore !== undefined, name);
  }
  assertEquals(Object.keys(figures).filter((name) => !findAlgorithm(name)), []);
});
