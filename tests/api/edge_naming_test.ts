import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { findEdge, METRICS_MAX, type NewMappingRules } from "../../domain/mod.ts";
import { GatewayError } from "../../scoring/edge/mod.ts";
import { rawQuery } from "../../domain/storage/raw_query.ts";
import { START } from "../scoring/edge/world.ts";
import { kept, NOW, openNamingSite, statusOf, write } from "./naming_site.ts";

const RULES: readonly (readonly unknown[])[] = [
  [],
  [{ match: { name: "tmp_*" }, drop: true }, { match: { name: "net*" }, kind: "counter" }],
  [{ match: { source: "influx" }, device: "{site}-{host}", metric: "{__measurement__}" }],
  [{ match: { labels: { site: "north" } }, unit: "kPa", without: ["site"] }],
];

/** Names collide and differ, some have no device, and instants repeat with the same value or another. */
const line = fc.tuple(
  fc.constantFrom("cpu", "net_total", "tmp_x"),
  fc.constantFrom("", ",host=a", ",host=b", ",host=b,site=north", ",host=c,site=south"),
  fc.constantFrom("value", "v"),
  fc.constantFrom(1, 2.5, 1e300, -0.1),
  fc.integer({ min: 0, max: 20 }),
).map(([name, tags, field, value, minute]) =>
  `${name}${tags} ${field}=${value} ${START + minute * 1_000}`
);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 6 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      rules: fc.constantFrom(...RULES),
      unknown: fc.constantFrom("create", "refuse", "quarantine"),
    }),
  },
);

Deno.test("property: the same samples posted to gateway and edge give the same names, points and quarantine", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      await using site = await openNamingSite();
      let edge = site.openEdge();
      await edge.refreshAssignments();
      for (const each of steps) {
        if ("rules" in each) {
          await site.setRules(each);
          // A restart forgets nothing that counts.
          edge = site.openEdge();
          await edge.refreshAssignments();
          continue;
        }
        const answer = await write(edge.app, each.lines);
        assertEquals(answer, await write(site.gateway.app, each.lines));
        await edge.sync();
        site.clock.now += 60_000;
      }
      await edge.sync();
      await edge.sync();
      await site.gateway.tenants.tick();
      assertEquals(await kept(site.remote), await kept(site.direct));
    }),
    { numRuns: 8, seed: 7 },
  );
});

const AT = NOW - 60_000;

Deno.test("points under names that nobody knows outlive a missing gateway and a restart, and are there once", async () => {
  await using site = await openNamingSite();
  let edge = site.openEdge();
  await edge.refreshAssignments();
  site.line.isCut = true;
  const lines = [`cpu,host=a v=1 ${AT}`, `cpu,host=a v=2 ${AT + 1}`, `net_total,host=b v=3 ${AT}`];
  for (let times = 0; times < 2; times++) {
    assertEquals(await write(edge.app, lines), { status: 204, codes: [] });
    edge = site.openEdge();
  }
  const other = [`cpu,host=a v=9 ${AT}`, `cpu,host=a v=9 ${NOW + 3_600_000}`];
  assertEquals(await write(edge.app, other), {
    status: 400,
    codes: ["1 DUPLICATE_TIMESTAMP", "2 FUTURE_TIMESTAMP"],
  });
  assertEquals((await statusOf(edge)).waiting, { series: 2, points: 3 });
  await assertRejects(() => edge.sync(), GatewayError);
  site.line.isCut = false;
  await edge.sync();
  await edge.sync();
  assertEquals((await statusOf(edge)).waiting, { series: 0, points: 0 });
  await write(site.gateway.app, lines);
  assertEquals(await kept(site.remote), await kept(site.direct));
});

Deno.test("a restarted edge without its gateway maps by the rules that it had", async () => {
  await using site = await openNamingSite();
  await site.setRules({ rules: RULES[2], unknown: "create" });
  let edge = site.openEdge();
  await edge.refreshAssignments();
  site.line.isCut = true;
  edge = site.openEdge();
  assertEquals((await statusOf(edge)).mapping, { version: 1, rules: 1, unknown: "create" });
  await write(edge.app, [`cpu,host=a,site=north v=1 ${AT}`]);
  site.line.isCut = false;
  await edge.sync();
  await edge.sync();
  assertEquals((await kept(site.remote)).points, [`north-a cpu ${AT} 1`]);
});

Deno.test("rules that change are in force from the next batch on, and the gateway hears of it", async () => {
  await using site = await openNamingSite();
  const edge = site.openEdge();
  await edge.refreshAssignments();
  assertEquals(await edge.refreshAssignments(), false);
  await write(edge.app, [`cpu,host=a v=1 ${AT}`]);
  await site.setRules({ rules: [{ device: "x-{host}" }], unknown: "create" });
  assertEquals(await edge.refreshAssignments(), true);
  await write(edge.app, [`cpu,host=a v=2 ${AT}`]);
  await edge.sync();
  await edge.sync();
  assertEquals((await kept(site.remote)).points, [
    `a cpu_v ${AT} 1`,
    `x-a cpu_v{host="a"} ${AT} 2`,
  ]);
  const seen = await findEdge(site.remote, "edge-1", NOW);
  assertEquals(seen?.report?.naming?.mappingVersion, 1);
});

Deno.test("what a full tenant cannot have is refused at the edge as at the gateway, once it is known", async () => {
  await using site = await openNamingSite();
  const { db, remote } = site;
  for (const { tenantId } of [remote, site.direct]) {
    await db.writer.commit({
      statements: [{
        query: rawQuery(
          `insert into metric_definitions (id, tenant_id, name, category, unit, data_type,
              is_standard, min_value, max_value, created_at, version)
            select ?1 || value, ?1, 'full-' || value, 'system', '', 'gauge', 0, null, null, 0, 1
            from generate_series(1, ?2)`,
          [tenantId, METRICS_MAX],
        ),
      }],
    });
  }
  const edge = site.openEdge();
  await edge.refreshAssignments();
  const lines = [`cpu,host=a v=1 ${AT}`];
  const full = { status: 400, codes: ["1 QUOTA_EXCEEDED"] };
  assertEquals(await write(site.gateway.app, lines), full);
  // Only the gateway can say so: until then the point waits.
  assertEquals(await write(edge.app, lines), { status: 204, codes: [] });
  await edge.sync();
  const { quarantine, waiting } = await statusOf(edge);
  assertEquals([quarantine.series, quarantine.points, waiting.points], [1, 1, 0]);
  assertEquals(await write(edge.app, lines), full);
  site.clock.now += 60_000;
  assertEquals(await write(edge.app, lines), { status: 204, codes: [] });
});

Deno.test("what waits when the tenant stops to make names goes to quarantine", async () => {
  await using site = await openNamingSite();
  const edge = site.openEdge();
  await edge.refreshAssignments();
  await write(edge.app, [`cpu,host=a v=1 ${AT}`, `cpu,host=a v=2 ${AT + 1}`]);
  await site.setRules({ rules: [], unknown: "refuse" });
  await edge.sync();
  await edge.sync();
  assertEquals(await kept(site.remote), {
    devices: [],
    metrics: [],
    points: [],
    quarantined: [JSON.stringify(["a", "cpu_v", "", "gauge", null, 2, 2])],
  });
  assertEquals(await write(edge.app, [`cpu,host=a v=1 ${AT}`]), {
    status: 400,
    codes: ["1 DEVICE_UNKNOWN"],
  });
});

const POLICIES: readonly NewMappingRules["unknown"][] = ["create", "quarantine"];
for (const unknown of POLICIES) {
  Deno.test(`under ${unknown} a series that becomes known leaves the edge's quarantine`, async () => {
    await using site = await openNamingSite();
    await site.setRules({ rules: [], unknown: "quarantine" });
    const edge = site.openEdge();
    await edge.refreshAssignments();
    const lines = [`cpu,host=a v=1 ${AT}`];
    await write(edge.app, lines);
    await edge.sync();
    assertEquals((await kept(site.remote)).quarantined.length, 1);
    await site.setRules({ rules: [], unknown });
    await edge.refreshAssignments();
    await write(edge.app, lines);
    await edge.sync();
    await edge.sync();
    const { points, quarantined } = await kept(site.remote);
    const isMade = unknown === "create";
    assertEquals([points.length, quarantined.length], isMade ? [1, 0] : [0, 1]);
    const { quarantine } = await statusOf(edge);
    assertEquals(quarantine.series, isMade ? 0 : 1);
    assert(isMade || quarantine.newest[0].origin.labels.host === "a");
  });
}
