import { type KillReport, runKillLoop } from "../tests/end_to_end/kill_loop.ts";
import { DEMO_DEVICES } from "./demo/catalogue.ts";
import { EXIT, runTask, startProgress, tableText } from "./kit/mod.ts";

const TASK = {
  name: "kill",
  summary: "Kills the gateway at random moments of a replay and proves that nothing is lost.",
  flags: {
    kills: {
      kind: "integer",
      placeholder: "N",
      default: 1_000,
      min: 1,
      max: 1_000_000,
      help: "Kills in all",
    },
    seed: {
      kind: "integer",
      placeholder: "N",
      default: 1,
      min: 0,
      max: 4_294_967_295,
      help: "Seed of the moments",
    },
    json: { kind: "switch", help: "The report as JSON on stdout" },
  },
  examples: ["deno task kill", "deno task kill -- --kills 50 --seed 7 --json"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const progress = startProgress({
      total: flags.kills,
      format: "{bar} {value}/{total} kills, {points} points acknowledged",
      extra: { points: 0 },
      line: output.line,
    });
    const report = await runKillLoop({
      kills: flags.kills,
      seed: flags.seed,
      devices: DEMO_DEVICES.map(({ name }) => name),
      pointsPerRequest: 20,
      onRound: ({ kills, pointsAcknowledged }) =>
        progress.update(kills, { points: pointsAcknowledged }),
    });
    progress.stop();
    output.line(tableText(["", ""], Object.entries(report)));
    output.result(report);
    return isClean(report) ? EXIT.ok : EXIT.failedCheck;
  });
}

function isClean({ pointsLost, subscribersWrong, incidentsWrong }: KillReport): boolean {
  return pointsLost + subscribersWrong + incidentsWrong === 0;
}
