import { createMutants } from "../tests/scoring/bundle/mutants.ts";
import { EXIT, runTask, startProgress } from "./kit/mod.ts";

const TASK = {
  name: "mutate",
  summary: "Changes bundles at random and decodes them: each is refused, or gives sound scores.",
  flags: {
    count: {
      kind: "integer",
      placeholder: "N",
      default: 1_000_000,
      min: 1,
      max: 1_000_000_000,
      help: "Mutants to try",
    },
    seed: {
      kind: "integer",
      placeholder: "N",
      default: 1,
      min: 0,
      max: 1_000_000,
      help: "Seed of all mutants",
    },
    json: { kind: "switch", help: "Answer as JSON on stdout" },
  },
  examples: ["deno task mutate", "deno task mutate -- --count 10000 --seed 7 --json"],
} as const;

const FAILURES_SHOWN_MAX = 20;
const PROGRESS_EVERY = 1000;

if (import.meta.main) {
  await runTask(TASK, ({ flags: { count, seed }, output }) => {
    const counts = { refused: 0, scored: 0, failed: 0 };
    let slowestMs = 0;
    const mutant = createMutants(seed);
    const progress = startProgress({
      total: count,
      format: "{bar} {value}/{total} mutants, {failed} failed",
      extra: { failed: 0 },
      line: (text) => output.line(text),
    });
    for (let round = 0; round < count; round++) {
      const { verdict, reason, ms } = mutant(round);
      counts[verdict]++;
      slowestMs = Math.max(slowestMs, ms);
      if (reason !== undefined && counts.failed <= FAILURES_SHOWN_MAX) {
        progress.line(`Mutant ${round} of seed ${seed}: ${reason}`);
      }
      if (round % PROGRESS_EVERY === 0) progress.update(round, { failed: counts.failed });
    }
    progress.stop();
    output.line(
      `${count} mutants: ${counts.refused} refused, ${counts.scored} scored, ` +
        `${counts.failed} failed; slowest ${slowestMs.toFixed(1)} ms`,
    );
    output.result({ count, seed, ...counts, slowestMs });
    return Promise.resolve(counts.failed > 0 ? EXIT.failedCheck : EXIT.ok);
  });
}
