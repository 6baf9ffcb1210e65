import { assertEquals } from "@std/assert";
import { createDetector, listAssignments, updateDetector } from "../../../domain/mod.ts";
import {
  deviceForwarding,
  type ForwardingDetector,
} from "../../../domain/edge/device_forwarding.ts";
import { addDevice, addMetric, addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const PUMP = { id: "pump-1", cohort: "pumps" };

type Case = readonly [
  says: string,
  detectors: readonly Partial<ForwardingDetector>[],
  wanted: Record<string, string>,
];

const CASES: readonly Case[] = [
  ["nothing watches", [], {}],
  ["one wants less", [{ forwarding: "aggregates" }], { load: "aggregates" }],
  ["another wants all", [{ forwarding: "aggregates" }, { forwarding: "all" }], {}],
  [
    "two want less, the more of it goes up",
    [{ forwarding: "anomalies" }, { forwarding: "aggregates" }],
    { load: "anomalies" },
  ],
  [
    "they watch different metrics",
    [{ forwarding: "anomalies" }, { metrics: ["heat"] }, { forwarding: "aggregates", metrics: [] }],
    { load: "anomalies" },
  ],
  [
    "what watches other devices does not count",
    [{ forwarding: "anomalies" }, { scope: { kind: "COHORT", cohort: "fans" } }],
    { load: "anomalies" },
  ],
];

for (const [says, detectors, wanted] of CASES) {
  Deno.test(`a device's forwarding where ${says}`, () => {
    const whole = detectors.map((detector): ForwardingDetector => (
      { scope: { kind: "TENANT" }, forwarding: "all", metrics: ["load"], ...detector }
    ));
    assertEquals(Object.fromEntries(deviceForwarding(whole, PUMP)), wanted);
  });
}

Deno.test("assignments say what goes up as enabled detectors are now, before they have models", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { id } = await addMetric(test.db, tenant, "load");
  await addDevice(test.db, tenant, "pump-1");
  const told = async () => (await listAssignments(tenant)).devices[0].forwarding;
  assertEquals(await told(), undefined);
  const add = (name: string, forwarding?: string) => {
    const input = { name, scope: { kind: "TENANT" }, metrics: ["load"], forwarding } as const;
    return commit(test.db, createDetector(tenant, input, deps));
  };
  await add("sparing", "anomalies");
  assertEquals(await told(), { [id]: "anomalies" });
  const greedy = await add("greedy");
  assertEquals(await told(), undefined);
  await commit(test.db, updateDetector(tenant, greedy.id, { forwarding: "aggregates" }, deps));
  assertEquals(await told(), { [id]: "anomalies" });
  await commit(test.db, updateDetector(tenant, greedy.id, { forwarding: "all" }, deps));
  await commit(test.db, updateDetector(tenant, greedy.id, { enabled: false }, deps));
  assertEquals(await told(), { [id]: "anomalies" });
});
