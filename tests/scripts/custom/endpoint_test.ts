/** An algorithm behind HTTP: the example of a module, served by a thread of this test. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CUSTOM_LIMITS, openCustomAlgorithm } from "../../../scripts/custom/mod.ts";
import { DependencyError } from "../../../scripts/kit/mod.ts";
import { describeAlgorithm } from "../../scoring/algorithm/conformance.ts";
import { matrixOf } from "../../scoring/algorithm/rows.ts";

const server = new Worker(new URL("endpoint_server.ts", import.meta.url), { type: "module" });
const port = await new Promise<number>((resolve) =>
  server.addEventListener("message", ({ data }) => resolve(data), { once: true })
);
const urlOf = (path: string) => `http://127.0.0.1:${port}/${path}`;
const { algorithm, close } = openCustomAlgorithm({
  kind: "endpoint",
  url: urlOf(""),
  isPrivateAllowed: true,
});

describeAlgorithm(algorithm);

Deno.test("an endpoint scores, and tells the columns that made it", () => {
  const fitted = algorithm.fit(matrixOf([[1, 10], [3, 30]]), { seed: 1 });
  assertEquals([...fitted.scoreBatch(matrixOf([[2, 20], [4, NaN]]))], [0, 4]);
  const scorer = fitted.open();
  assertEquals(scorer.push(Float32Array.of(3, 40)), 5);
  assertEquals([...scorer.explain()], [1, 4]);
});

for (
  const [path, told] of [
    ["redirect", "Cannot follow"],
    ["error", "status 500"],
    ["text", "JSON object"],
    ["large", "more than"],
    ["late", "within 300 ms"],
  ] as const
) {
  Deno.test(`an endpoint that answers /${path} is not taken`, () => {
    const limits = {
      ...CUSTOM_LIMITS,
      ...(path === "late" && { startMs: 300 }),
      answerBytes: 1000,
    };
    const source = { kind: "endpoint", url: urlOf(path), isPrivateAllowed: true } as const;
    const { message } = assertThrows(() => openCustomAlgorithm(source, limits), DependencyError);
    assertStringIncludes(message, told);
  });
}

Deno.test("an endpoint at a private address is refused unless the operator allows it", () => {
  const source = { kind: "endpoint", url: urlOf(""), isPrivateAllowed: false } as const;
  assertThrows(() => openCustomAlgorithm(source), DependencyError, "not public");
});

Deno.test("the endpoint is left when it is closed", () => {
  close();
  server.terminate();
});
