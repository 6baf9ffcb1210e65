import { peakRssMb } from "./demo/memory.ts";
import { cellsPerSecond, reportText } from "./evaluate/report.ts";
import { type CollectionResult, evaluate, SCORED_BY } from "./evaluate/run.ts";
import { EXIT, runTask, startProgress, UsageError } from "./kit/mod.ts";

const TASK = {
  name: "evaluate",
  summary: "Runs the shipped defaults over labelled or unlabelled series and measures them.",
  flags: {
    data: { kind: "text", placeholder: "DIR", help: "Folder with a sub-folder a collection" },
    collection: { kind: "text", placeholder: "A,B", help: "Only these collections" },
    out: { kind: "text", placeholder: "DIR", help: "Write score files below this folder" },
    algorithm: {
      kind: "text",
      placeholder: "NAME",
      choices: SCORED_BY,
      default: "default",
      help: "What scores: what ships, a plain forest on raw columns, or a method",
    },
    seed: {
      kind: "integer",
      placeholder: "N",
      default: 1,
      min: 0,
      max: 4_294_967_295,
      help: "Seed of all forests",
    },
    json: { kind: "switch", help: "One JSON object on stdout, all else on stderr" },
  },
  examples: [
    "deno task evaluate -- --data data",
    "deno task evaluate -- --data data --collection nab,smd --out scores --json > result.json",
    "deno task evaluate -- --data data --algorithm plain --seed 7",
  ],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const { data, collection, out, seed } = flags;
    if (data === undefined) throw new UsageError("Cannot evaluate without --data DIR");
    const { algorithm } = flags;
    const startedMs = performance.now();
    const line = (text: string) => output.line(text);
    const progress = startProgress({
      total: 0,
      format: "{value} series scored, last of {collection}: {series}",
      extra: { collection: "", series: "" },
      line,
    });
    let scored = 0;
    const results = await evaluate({
      data,
      collections: collection?.split(",").map((name) => name.trim()),
      out,
      seed,
      algorithm,
      nowMs: () => performance.now(),
      onScored: (collection, series) => progress.update(++scored, { collection, series }),
    });
    progress.stop();
    const seconds = (performance.now() - startedMs) / 1000;
    const memoryMb = peakRssMb();
    output.line(reportText(results));
    for (const text of skippedTexts(results)) output.line(text);
    output.line(`Seed ${seed}; ${seconds.toFixed(0)} s in all; peak memory ${memoryMb} MB`);
    const collections = results.map((one) => ({ ...one, cellsPerSecond: cellsPerSecond(one) }));
    output.result({ algorithm, seed, seconds, peakRssMb: memoryMb, collections });
    return EXIT.ok;
  });
}

function skippedTexts(results: readonly CollectionResult[]): string[] {
  return results.filter(({ skipped }) => skipped.length > 0)
    .map(({ collection, skipped }) =>
      `Not scored, as ${collection} has no labels of them: ${skipped.join(", ")}`
    );
}
