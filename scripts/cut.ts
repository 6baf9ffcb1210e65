import { type CutReport, runCut } from "../tests/end_to_end/cut_loop.ts";
import { EXIT, runTask, startProgress, tableText } from "./kit/mod.ts";

const HOUR_SECONDS = 3_600;

/** Points a second that live devices send meanwhile: a backlog must go several times as fast. */
const LIVE_PER_SECOND = 1_000;
const DRAIN_TIMES_MIN = 5;
const LIVE_P99_MS_MAX = 250;

const TASK = {
  name: "cut",
  summary:
    "Cuts an edge off its gateway for simulated hours, kills it, and proves that nothing is lost.",
  flags: {
    seconds: {
      kind: "integer",
      placeholder: "N",
      default: 6 * HOUR_SECONDS,
      min: 60,
      max: 24 * HOUR_SECONDS,
      help: "Simulated seconds without a gateway, at 1,000 points each",
    },
    kills: {
      kind: "integer",
      placeholder: "N",
      default: 5,
      min: 0,
      max: 1_000,
      help: "How often the edge is killed meanwhile",
    },
    "outbox-mb": {
      kind: "integer",
      placeholder: "MB",
      default: 512,
      min: 1,
      max: 100_000,
      help: "What may wait at the edge",
    },
    seed: {
      kind: "integer",
      placeholder: "N",
      default: 1,
      min: 0,
      max: 4_294_967_295,
      help: "Seed of the moments of the kills",
    },
    json: { kind: "switch", help: "The report as JSON on stdout" },
  },
  examples: ["deno task cut", "deno task cut -- --seconds 600 --json"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const progress = startProgress({
      total: flags.seconds,
      format: "{bar} {value}/{total} simulated seconds",
      extra: {},
      line: output.line,
    });
    const report = await runCut({
      seconds: flags.seconds,
      kills: flags.kills,
      seed: flags.seed,
      outboxMb: flags["outbox-mb"],
      onSecond: (second) => progress.update(second, {}),
    });
    progress.stop();
    output.line(tableText(["", ""], Object.entries(report)));
    output.result(report);
    return isClean(report) ? EXIT.ok : EXIT.failedCheck;
  });
}

function isClean(report: CutReport): boolean {
  const { seriesWrong, anomaliesWrong, incidentsWrong, drainedPerSecond, liveP99Ms } = report;
  return seriesWrong + anomaliesWrong + incidentsWrong === 0 &&
    drainedPerSecond >= DRAIN_TIMES_MIN * LIVE_PER_SECOND && liveP99Ms < LIVE_P99_MS_MAX;
}
