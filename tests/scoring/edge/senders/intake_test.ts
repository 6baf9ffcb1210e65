import { assert, assertEquals } from "@std/assert";
import { NOW } from "../kit.ts";
import { senderEdge, type SenderEdgeOptions } from "./sender_kit.ts";
import type { MappingRule, SourceSeries } from "../../../../scoring/edge/mapping/mod.ts";
import { SeriesMemory } from "../../../../scoring/edge/intake/mod.ts";

const AT = NOW - 60_000;

function seriesOf(name: string, host: string): SourceSeries {
  return { source: "influx", name, labels: new Map([["host", host]]) };
}

/** Takes one sample of each of these names. */
async function taken(edge: ReturnType<typeof senderEdge>, names: readonly string[], host = "a") {
  const batch = await edge.intake.openBatch();
  for (const name of names) batch.add(batch.map(seriesOf(name, host)), batch.size, AT, 1);
  const { accepted, skipped, refused } = await edge.intake.take(batch);
  const codes = refused.map(({ index, field, code }) => [index, field, code]);
  return { accepted, skipped: Object.fromEntries(skipped), codes };
}

const UNKNOWN: readonly (readonly [string, SenderEdgeOptions, unknown])[] = [
  ["made", {}, { accepted: 3, skipped: {}, codes: [] }],
  [
    "refused where the tenant says so",
    { settings: { unknown: "refuse" } },
    {
      accepted: 1,
      skipped: {},
      codes: [[1, "metric", "METRIC_UNKNOWN"], [2, "metric", "METRIC_UNKNOWN"]],
    },
  ],
  [
    "kept out where the tenant says so",
    { settings: { unknown: "quarantine" } },
    { accepted: 1, skipped: { quarantined: 2 }, codes: [] },
  ],
  [
    "kept out where nobody can make them",
    { canCreate: false },
    { accepted: 1, skipped: { quarantined: 2 }, codes: [] },
  ],
  [
    "refused beyond what a tenant may have",
    { metricsMax: 1 },
    { accepted: 2, skipped: {}, codes: [[2, "metric", "QUOTA_EXCEEDED"]] },
  ],
];
for (const [what, options, expected] of UNKNOWN) {
  Deno.test(`metrics that are unknown are ${what}`, async () => {
    const edge = senderEdge(options);
    assertEquals(await taken(edge, ["cpu", "disk", "net"], "pump-7"), expected);
  });
}

Deno.test("the quarantine lists series with how they are named and their points, the newest last", async () => {
  const edge = senderEdge({ settings: { unknown: "quarantine" } });
  await taken(edge, ["disk"], "pump-7");
  await taken(edge, ["cpu", "cpu"], "pump-8");
  await taken(edge, ["disk"], "pump-7");
  const seen = {
    unit: "",
    kind: "gauge" as const,
    points: 2,
    firstSeenAt: NOW,
    lastSeenAt: NOW,
    lastAt: AT,
    lastValue: 1,
  };
  const origin = (name: string, host: string) => ({ source: "influx", name, labels: { host } });
  assertEquals(edge.intake.quarantined() as unknown, [
    { device: "pump-8", metric: "cpu", origin: origin("cpu", "pump-8"), ...seen },
    { device: "pump-7", metric: "disk", origin: origin("disk", "pump-7"), ...seen },
  ]);
});

Deno.test("the quarantine forgets what was seen longest ago", async () => {
  const edge = senderEdge({ settings: { unknown: "quarantine" } });
  for (let i = 0; i < 6; i++) {
    await taken(edge, Array.from({ length: 200 }, (_, j) => `m${i * 200 + j}`), "pump-7");
  }
  const names = edge.intake.quarantined().map(({ metric }) => metric);
  assertEquals([names.length, names[0], names.at(-1)], [1_000, "m200", "m1199"]);
});

Deno.test("new rules hold from the next batch on", async () => {
  const edge = senderEdge();
  await taken(edge, ["cpu"]);
  const rules: MappingRule[] = [{ match: { name: "cpu" }, drop: true }];
  edge.settings = { ...edge.settings, rules, version: 1 };
  assertEquals(await taken(edge, ["cpu"]), { accepted: 0, skipped: { dropped: 1 }, codes: [] });
  assertEquals((await edge.intake.dryRun([seriesOf("cpu", "a")]))[0].outcome, "dropped");
});

Deno.test("series are remembered by their bytes, and told apart when their hashes are the same", () => {
  const memory = new SeriesMemory([]);
  const [a, b] = collision();
  const outcome = memory.map(seriesOf("cpu", "a"));
  memory.keep(a, 0, a.length, outcome);
  assert(memory.find(new Uint8Array([9, ...a]), 1, a.length + 1) === outcome);
  assertEquals(memory.find(b, 0, b.length), undefined);
  assertEquals(memory.find(a, 0, a.length - 1), undefined);
});

/** Two texts of one FNV-1a hash, found by trying. */
function collision(): [Uint8Array, Uint8Array] {
  const seen = new Map<number, Uint8Array>();
  for (let i = 0;; i++) {
    const bytes = new TextEncoder().encode(String(Math.imul(i, 2_654_435_761)));
    let hash = 0x811c9dc5;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    const other = seen.get(hash);
    if (other !== undefined) return [other, bytes];
    seen.set(hash, bytes);
  }
}
