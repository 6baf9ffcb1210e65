import { type Algorithm, ALGORITHMS } from "../scoring/algorithm/mod.ts";
import { CONTAMINATION_MAX, type DetectorFile, readDetector } from "./detect/detector.ts";
import { detectionCsv, detectionJson } from "./detect/export.ts";
import { reportHtml } from "./detect/report/mod.ts";
import { detect, type Detection } from "./detect/run.ts";
import { countText, detectionText } from "./detect/text.ts";
import { CUSTOM_SETTINGS, openNamedAlgorithms } from "./custom/mod.ts";
import { EXIT, type FlagValues, processOutput, runTask, tableText, UsageError } from "./kit/mod.ts";

const FORMATS = ["table", "csv", "json", "html"] as const;

const TASK = {
  name: "detect",
  summary: "Finds anomalies in any CSV file with a header, with or without a column of times.",
  flags: {
    data: { kind: "text", placeholder: "FILE", help: "CSV file, plain or .gz" },
    train: { kind: "text", placeholder: "FILE", help: "CSV file of rows in order to train on" },
    "train-rows": {
      kind: "integer",
      placeholder: "N",
      min: 1,
      max: 100_000_000,
      help: "Train on the first rows of the data, so many",
    },
    algorithm: { kind: "text", placeholder: "NAME", help: "What scores, or list" },
    "algorithm-module": {
      kind: "text",
      placeholder: "FILE",
      help: "Modules of algorithms, split by commas, above " + CUSTOM_SETTINGS.modules,
    },
    "algorithm-endpoint": {
      kind: "text",
      placeholder: "URL",
      help: "Algorithms over HTTP, split by commas, above " + CUSTOM_SETTINGS.endpoints,
    },
    detector: {
      kind: "text",
      placeholder: "FILE",
      help: "JSON file that says what scores and how",
    },
    contamination: { kind: "text", placeholder: "SHARE", help: "Expected share of anomalies" },
    top: {
      kind: "integer",
      placeholder: "N",
      default: 50,
      min: 1,
      max: 10_000,
      help: "Anomalies that are listed, the worst ones",
    },
    seed: {
      kind: "integer",
      placeholder: "N",
      default: 1,
      min: 0,
      max: 4_294_967_295,
      help: "Seed of all that is random",
    },
    format: {
      kind: "text",
      placeholder: "NAME",
      choices: FORMATS,
      default: "table",
      help: `How it is told: ${FORMATS.join(", ")}`,
    },
    output: { kind: "text", placeholder: "FILE", help: "Write there; html needs it" },
    json: { kind: "switch", help: "One JSON object on stdout, as --format json" },
  },
  examples: [
    "deno task detect -- --data pump.csv",
    "deno task detect -- --data test.csv.gz --train train.csv.gz --json > result.json",
    "deno task detect -- --data cards.csv --contamination 0.01 --format html --output report.html",
    "deno task detect -- --algorithm list",
    "deno task detect -- --data cards.csv --algorithm-module ./mine.ts --algorithm my_method",
  ],
  epilogue: [
    "Without --algorithm the data decide: rows without a time column are judged each by itself, one",
    "metric over time by what was new in it, several by a file to train on or by their first third.",
    "A detector file holds algorithm, and may hold parameters, columns, timeColumn and either",
    "threshold (a score between 0 and 1) or contamination.",
    "",
    `Algorithms of your own (docs/custom_algorithm.md) run without any rights; endpoints must have`,
    `public addresses unless ${CUSTOM_SETTINGS.private} is "allow".`,
    "",
    `Algorithms: ${ALGORITHMS.map(({ name }) => name).join(", ")}`,
  ].join("\n"),
} as const;

type Format = typeof FORMATS[number];
type Flags = FlagValues<typeof TASK.flags>;

const TEXTS: Readonly<Record<Format, (detection: Detection) => string>> = {
  table: (detection) => detectionText(detection) + "\n",
  csv: (detection) => detectionCsv(detection) + "\n",
  json: (detection) => JSON.stringify(detectionJson(detection)) + "\n",
  html: reportHtml,
};

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output: plain }) => {
    const format = flags.json ? "json" : flags.format as Format;
    const output = format === "json" ? processOutput(true) : plain;
    using custom = openNamedAlgorithms(
      flags["algorithm-module"] ?? Deno.env.get(CUSTOM_SETTINGS.modules),
      flags["algorithm-endpoint"] ?? Deno.env.get(CUSTOM_SETTINGS.endpoints),
      Deno.env.get(CUSTOM_SETTINGS.private) === "allow",
    );
    const algorithms = [...ALGORITHMS, ...custom.algorithms];
    if (flags.algorithm === "list") {
      output.line(algorithmsText(algorithms));
      output.result(algorithms);
      return EXIT.ok;
    }
    const detection = await detect({
      data: dataOf(flags),
      train: flags.train,
      trainRows: flags["train-rows"],
      detector: await detectorOf(flags),
      seed: flags.seed,
      top: flags.top,
      algorithms,
    });
    if (flags.output === undefined) {
      output.line(format === "csv" ? detectionCsv(detection) : detectionText(detection));
      output.result(detectionJson(detection));
    } else {
      await writeText(flags.output, TEXTS[format](detection));
      output.line(`${countText(detection)}; see ${flags.output}`);
    }
    return EXIT.ok;
  });
}

/** The file to judge, where flags go together. */
function dataOf({ data, train, "train-rows": trainRows, format, json, output }: Flags): string {
  if (data === undefined) throw new UsageError("Cannot detect without --data FILE");
  if (format === "html" && !json && output === undefined) {
    throw new UsageError("Cannot write html without --output FILE");
  }
  if (train !== undefined && trainRows !== undefined) {
    throw new UsageError("Cannot train on a file and on first rows: give --train or --train-rows");
  }
  return data;
}

/** What flags and a detector file say together. */
async function detectorOf(flags: Flags): Promise<Partial<DetectorFile>> {
  const { algorithm } = flags;
  const contamination = flags.contamination === undefined
    ? undefined
    : shareOf(flags.contamination);
  if (flags.detector === undefined) return { algorithm, contamination };
  if (algorithm !== undefined || contamination !== undefined) {
    throw new UsageError("Cannot use --detector with --algorithm or --contamination");
  }
  return await readDetector(flags.detector);
}

function shareOf(text: string): number {
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (share > 0 && share <= CONTAMINATION_MAX) return share;
  throw new UsageError(
    `Cannot read --contamination "${text}": it must be a number above 0 and at most ${CONTAMINATION_MAX}`,
  );
}

async function writeText(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (error) {
    throw new UsageError(
      `Cannot write "${path}": ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Name, input and parameters of each method, with their defaults. */
function algorithmsText(algorithms: readonly Algorithm[]): string {
  return tableText(
    ["algorithm", "input", "parameters"],
    algorithms.map(({ name, input, parameters }) => {
      const told = Object.entries(parameters).map(([key, rule]) => `${key} ${rule.default}`);
      return [name, input, told.join(", ")];
    }),
  );
}
