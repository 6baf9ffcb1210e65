import { type Measure } from "../tests/bench/measure.ts";
import { measureEdgeRestart } from "../tests/bench/edge_restart.ts";
import { measureForest } from "../tests/bench/forest.ts";
import { measureIngest } from "../tests/bench/ingest.ts";
import { measureRemoteWrite } from "../tests/bench/remote_write.ts";
import { measureScore } from "../tests/bench/score.ts";
import { EXIT, runTask, tableText, UsageError } from "./kit/mod.ts";

const BENCHES: Readonly<Record<string, () => Promise<Measure[]>>> = {
  // Bundlers and browsers are fetched when they are asked for alone.
  "edge-start": async () => (await import("../tests/bench/edge_start.ts")).measureEdgeStart(),
  "edge-restart": measureEdgeRestart,
  forest: measureForest,
  ingest: measureIngest,
  "remote-write": measureRemoteWrite,
  score: measureScore,
};

const TASK = {
  name: "bench",
  summary: "Measures speed against peers; what the figures mean is in BENCHMARKS.md.",
  operands: `[${Object.keys(BENCHES).join(" | ")}]`,
  flags: {
    check: { kind: "switch", help: "Exit 1 when a figure is below its floor" },
    json: { kind: "switch", help: "Rows {measure, value, unit, floor, goal, ok} on stdout" },
  },
  examples: ["deno task bench", "deno task bench ingest -- --check --json"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, operands, output }) => {
    const names = operands.length > 0 ? operands : Object.keys(BENCHES);
    const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
    if (unknown !== undefined) throw new UsageError(`Cannot run bench "${unknown}": see --help`);
    const measures: Measure[] = [];
    for (const name of names) measures.push(...await BENCHES[name]());
    output.line(tableText(
      ["measure", "value", "unit", "floor", "goal", "ok"],
      measures.map(({ measure, value, unit, floor, goal, ok }) => [
        measure,
        value,
        unit,
        floor ?? "-",
        goal ?? "-",
        ok ? "yes" : "NO",
      ]),
    ));
    output.result(measures);
    return flags.check && measures.some(({ ok }) => !ok) ? EXIT.failedCheck : EXIT.ok;
  });
}
