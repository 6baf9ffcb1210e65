import { ALGORITHMS } from "../scoring/algorithm/mod.ts";
import { readFigures } from "./algorithms/figures.ts";
import { guideText } from "./algorithms/guide.ts";
import { EXIT, runTask } from "./kit/mod.ts";

const GUIDE = new URL("../docs/algorithms.md", import.meta.url);

const TASK = {
  name: "algorithms",
  summary: "Writes docs/algorithms.md from the list of algorithms and what was measured of them.",
  flags: {},
  examples: ["deno task algorithms"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ output }) => {
    await Deno.writeTextFile(GUIDE, guideText(ALGORITHMS, readFigures()));
    output.line("Wrote docs/algorithms.md");
    return EXIT.ok;
  });
}
