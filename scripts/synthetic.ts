import { detectorAlgorithms, PRESETS } from "../scoring/detect/mod.ts";
import { EXIT, runTask, startProgress, UsageError } from "./kit/mod.ts";
import type { DetectionChoice } from "./evaluate/product.ts";
import { reportText } from "./synthetic/report.ts";
import { meanOver, runSynthetic } from "./synthetic/run.ts";

/** Seeds of the fixed set. */
const SEEDS = [1, 2, 3];
/** What the mean over the seeds of the fixed set must reach. */
const F1_MIN = 0.85;
const DEFAULT = "default";

const TASK = {
  name: "synthetic",
  summary:
    "Makes a fleet with known anomalies, lets the product watch it and measures what it finds.",
  flags: {
    algorithm: {
      kind: "text",
      placeholder: "NAME",
      choices: [DEFAULT, ...detectorAlgorithms()],
      default: DEFAULT,
      help: "What watches: default, as it ships, or an algorithm by its name",
    },
    preset: {
      kind: "text",
      placeholder: "NAME",
      choices: Object.keys(PRESETS),
      help: "What watches: a preset instead of an algorithm",
    },
    seed: {
      kind: "integer",
      placeholder: "N",
      min: 0,
      max: 4_294_967_295,
      help: `One fleet of this seed; without it those of ${SEEDS.join(", ")}`,
    },
    devices: {
      kind: "integer",
      placeholder: "N",
      default: 20,
      min: 1,
      max: 10_000,
      help: "Devices of a fleet",
    },
    days: {
      kind: "integer",
      placeholder: "N",
      default: 30,
      min: 12,
      max: 3_660,
      help: "Days of telemetry, a row every five minutes",
    },
    training: {
      kind: "integer",
      placeholder: "N",
      default: 10,
      min: 1,
      max: 3_649,
      help: "Days of them at the start that have no anomaly and are learnt",
    },
    out: { kind: "text", placeholder: "DIR", help: "Write the fleets for deno task evaluate" },
    check: { kind: "switch", help: `Fail where the mean F1 is below ${F1_MIN}` },
    json: { kind: "switch", help: "One JSON object on stdout, all else on stderr" },
  },
  examples: [
    "deno task synthetic",
    "deno task synthetic -- --seed 7 --devices 5 --out fleets --json > result.json",
    "deno task synthetic -- --preset soti",
    "deno task evaluate -- --data fleets",
  ],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const { devices: deviceCount, days, training: trainingDays, out } = flags;
    const seeds = flags.seed === undefined ? SEEDS : [flags.seed];
    const startedMs = performance.now();
    const progress = startProgress({
      total: seeds.length * deviceCount,
      format: "{bar} {value}/{total} devices, seed {seed}",
      extra: { seed: seeds[0] },
      line: output.line,
    });
    let scored = 0;
    const results = await runSynthetic({
      seeds,
      deviceCount,
      days,
      trainingDays,
      choice: choiceOf(flags),
      out,
      onScored: (seed) => progress.update(++scored, { seed }),
    }).catch(refused);
    progress.stop();
    const mean = meanOver(results);
    const seconds = (performance.now() - startedMs) / 1000;
    output.line(reportText(results, mean));
    const watched = flags.preset === undefined ? flags.algorithm : `preset ${flags.preset}`;
    output.line(
      `${watched}; ${deviceCount} devices, ${days} days, the first ${trainingDays} learnt; ` +
        `${seconds.toFixed(0)} s`,
    );
    output.result({ watched, deviceCount, days, trainingDays, seconds, seeds: results, mean });
    const f1 = mean.all.incident_f1 ?? 0;
    if (!flags.check || f1 >= F1_MIN) return EXIT.ok;
    output.line(`The mean F1 ${f1.toFixed(3)} is below ${F1_MIN}`);
    return EXIT.failedCheck;
  });
}

function choiceOf(
  flags: { readonly algorithm: string; readonly preset: string | undefined },
): DetectionChoice {
  const { preset, algorithm } = flags;
  if (preset === undefined) return algorithm === DEFAULT ? {} : { algorithm };
  if (algorithm !== DEFAULT) {
    throw new UsageError("Cannot watch with --algorithm and --preset both");
  }
  const { severityProfile: _, ...choice } = PRESETS[preset];
  const { seed: __, ...parameters } = choice.parameters;
  return { ...choice, parameters };
}

/** Days that leave no room, and what an algorithm cannot be fitted to, are the caller's. */
function refused(error: unknown): never {
  if (!(error instanceof RangeError)) throw error;
  throw new UsageError(error.message, { cause: error });
}
