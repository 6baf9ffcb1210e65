import { assert, assertEquals } from "@std/assert";
import { evaluate } from "../../../scripts/evaluate/run.ts";
import { meanOver, runSynthetic, type SyntheticOptions } from "../../../scripts/synthetic/run.ts";

const OPTIONS: SyntheticOptions = {
  seeds: [5],
  deviceCount: 2,
  days: 21,
  trainingDays: 7,
  choice: {},
  out: undefined,
  onScored: () => {},
};

Deno.test("evaluate measures the written fleet as the task has measured it", async () => {
  const out = await Deno.makeTempDir({ prefix: "treeline-synthetic-" });
  try {
    const scored: string[] = [];
    const onScored = (seed: number, device: string) => scored.push(`${seed} ${device}`);
    const [own] = await runSynthetic({ ...OPTIONS, out, onScored });
    assertEquals(scored, ["5 device_01", "5 device_02"]);
    const [read] = await evaluate({
      data: out,
      collections: undefined,
      out: undefined,
      seed: 1,
      algorithm: "default",
      nowMs: () => 0,
      onScored: () => {},
    });
    const { collection, kind, series, skipped, figures } = read;
    assertEquals([collection, kind, series, skipped], ["synthetic_5", "prefix", 2, []]);
    assertEquals(figures, own.all);
    assert(own.all.incident_f1! > 0.3);
    const truth = JSON.parse(await Deno.readTextFile(`${out}/synthetic_5/truth.json`));
    assertEquals(truth.length, 14);
    assertEquals(Object.keys(truth[0]), ["device", "kind", "metrics", "from", "until"]);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("what watches can be chosen, and the mean is over the seeds", async () => {
  const choice = { algorithm: "flatline" };
  const one = { ...OPTIONS, deviceCount: 1, choice };
  const results = await runSynthetic({ ...one, seeds: [5, 6] });
  const mean = meanOver(results);
  const [first, second] = results.map(({ all }) => all.auc!);
  assertEquals(mean.all.auc, (first + second) / 2);
  assertEquals(Object.keys(mean.kinds), Object.keys(mean.kinds).sort());
  assertEquals(mean.kinds.flatline.injections, 1);
  const [other] = await runSynthetic(one);
  assert(other.kinds.flatline.auc > 0.9 && other.kinds.spike.auc < 0.6);
});
