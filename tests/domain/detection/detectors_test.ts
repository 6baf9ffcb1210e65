import { assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  createDetector,
  createDevice,
  type DetectorScope,
  devicesInScope,
  findDetector,
  findDetectorByName,
  InvalidInputError,
  isInScope,
  listDetectors,
  loadDetectors,
  type NewDetector,
  NotFoundError,
  updateDetector,
} from "../../../domain/mod.ts";
import { defaultPlan } from "../../../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../scoring/incident/mod.ts";
import { defaultDetection, detectorAlgorithm } from "../../../scoring/detect/mod.ts";
import { addDevice, addMetric, addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const ALL = { kind: "TENANT" } as const;
const FOREST = { algorithm: "isolation_forest", parameters: { treeCount: 20 } } as const;

async function openFleet() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const metric = await addMetric(test.db, tenant, "load");
  const device = await addDevice(test.db, tenant, "pump-1");
  return { test, db: test.db, tenant, metric, device };
}

Deno.test("a detector takes defaults for all that it is not told", async () => {
  const { test, db, tenant } = await openFleet();
  await using _ = test;
  const input = { name: "loads", scope: ALL, metrics: ["load"] };
  const detector = await commit(db, createDetector(tenant, input, deps));
  const detection = defaultDetection([{ name: "load", kind: "gauge" }], 300_000);
  assertEquals([detector.algorithm, detector.feature_plan], [detection.algorithm, detection.plan]);
  const rules = Object.entries(detectorAlgorithm(detector.algorithm).parameters);
  assertEquals(detector.parameters, {
    seed: 1,
    ...Object.fromEntries(rules.map(([name, rule]) => [name, rule.default])),
  });
  assertEquals([detector.threshold_mode, detector.severity_profile], ["AUTO", "smartbox"]);
  assertEquals(detector.incident_policy, detection.incidents);
  assertEquals(await findDetector(tenant, detector.id), detector);
  assertEquals(await findDetectorByName(tenant, "loads"), detector);
  assertEquals(await listDetectors(tenant, { first: 5 }), { items: [detector], hasNext: false });
  assertEquals(await loadDetectors(tenant, ["none", detector.id]), [undefined, detector]);
});

Deno.test("a preset holds where nothing else is given", async () => {
  const { test, db, tenant } = await openFleet();
  await using _ = test;
  const input = { name: "loads", scope: ALL, metrics: ["load"], preset: "soti" };
  const detector = await commit(
    db,
    createDetector(tenant, { ...input, contamination: 0.02 }, deps),
  );
  assertEquals([detector.algorithm, detector.threshold_mode], [
    "isolation_forest",
    "CONTAMINATION",
  ]);
  assertEquals([detector.parameters.treeCount, detector.contamination], [300, 0.02]);
  assertEquals(detector.feature_plan, defaultPlan([{ name: "load", kind: "gauge" }], 300_000));
});

Deno.test("another algorithm brings its own parameters and plan", async () => {
  const { test, db, tenant } = await openFleet();
  await using _ = test;
  const input = { name: "loads", scope: ALL, metrics: ["load"], ...FOREST };
  const { id } = await commit(db, createDetector(tenant, input, deps));
  const next = await commit(db, updateDetector(tenant, id, { algorithm: "pca" }, deps));
  assertEquals([next.algorithm, next.parameters.seed], ["pca", 1]);
  assertEquals(next.parameters.treeCount, undefined);
  assertEquals(next.feature_plan.features, [{ metric: "load", transform: "value" }]);
});

Deno.test("an update of a detector keeps what it does not name", async () => {
  const { test, db, tenant, device } = await openFleet();
  await using _ = test;
  await addMetric(db, tenant, "temperature");
  const input = { name: "loads", scope: ALL, metrics: ["load"], ...FOREST };
  const detector = await commit(db, createDetector(tenant, input, deps));
  const patch = {
    metrics: ["load", "temperature"],
    scope: { kind: "DEVICE", deviceIds: [device.id, device.id] },
    parameters: { seed: 9 },
    incidentPolicy: { graceBuckets: 5 },
    enabled: false,
    expectedVersion: 1,
  } as const;
  const next = await commit(db, updateDetector(tenant, detector.id, patch, deps));
  assertEquals(next.parameters, { treeCount: 20, subsampleSize: 256, grid: 0, seed: 9 });
  assertEquals(next.incident_policy, { ...DEFAULT_INCIDENT_POLICY, graceBuckets: 5 });
  assertEquals(next.scope, { kind: "DEVICE", deviceIds: [device.id] });
  assertEquals(next.feature_plan.metrics.map(({ name }) => name), ["load", "temperature"]);
  assertEquals([next.enabled, next.version, next.name], [0, 2, "loads"]);
  assertEquals(await findDetector(tenant, detector.id), next);
  await assertRejects(() => updateDetector(tenant, detector.id, patch, deps), ConflictError);
  await assertRejects(() => updateDetector(tenant, "none", {}, deps), NotFoundError);
});

Deno.test("a detector's name is unique", async () => {
  const { test, db, tenant } = await openFleet();
  await using _ = test;
  const input = { name: "loads", scope: ALL, metrics: ["load"] };
  await commit(db, createDetector(tenant, input, deps));
  await assertRejects(() => createDetector(tenant, input, deps), ConflictError);
  const other = await commit(db, createDetector(tenant, { ...input, name: "other" }, deps));
  const rename = () => updateDetector(tenant, other.id, { name: "loads" }, deps);
  assertEquals((await assertRejects(rename, ConflictError)).field, "name");
});

const plan = defaultPlan([{ name: "load", kind: "gauge" }], 60_000);
const wrong: readonly (readonly [string, Partial<NewDetector>])[] = [
  ["name", { name: "" }],
  ["metrics", { metrics: [] }],
  ["metrics", { metrics: ["unknown"] }],
  ["metrics", { metrics: ["load", "load"] }],
  ["metrics", { bucketMs: -1 }],
  ["metrics", { featurePlan: { ...plan, metrics: [{ name: "unknown", kind: "gauge" }] } }],
  ["featurePlan", { featurePlan: { ...plan, features: [] } }],
  ["scope.deviceIds[0]", { scope: { kind: "DEVICE", deviceIds: ["none"] } }],
  ["scope.deviceIds.length", { scope: { kind: "DEVICE", deviceIds: [] } }],
  ["scope.cohort", { scope: { kind: "COHORT", cohort: "" } }],
  ["parameters.treeCount", { algorithm: "isolation_forest", parameters: { treeCount: 0 } }],
  ["parameters", { parameters: { treeCount: 10 } }],
  ["algorithm", { algorithm: "random_cut_forest" }],
  ["preset", { preset: "magic" }],
  ["parameters.subsampleSize", {
    algorithm: "isolation_forest",
    parameters: { subsampleSize: 1e9 },
  }],
  ["parameters.seed", { parameters: { seed: -1 } }],
  ["thresholdMode", { thresholdMode: "MAGIC" }],
  ["severityProfile", { severityProfile: "constructor" }],
  ["contamination", { contamination: 0.6 }],
  ["incidentPolicy.confirmBuckets", { incidentPolicy: { confirmBuckets: 0 } }],
  ["incidentPolicy.separationMs", { incidentPolicy: { separationMs: 0.5 } }],
];

Deno.test("a detector is refused for each field that is wrong", async () => {
  const { test, tenant } = await openFleet();
  await using _ = test;
  for (const [field, input] of wrong) {
    const whole = { name: "loads", scope: ALL, metrics: ["load"], ...input };
    const create = () => createDetector(tenant, whole, deps);
    const error = await assertRejects(create, InvalidInputError);
    assertEquals(error.field, field, JSON.stringify(input));
  }
});

Deno.test("a scope is the devices that it names, a cohort's or all", async () => {
  const { test, db, tenant, device } = await openFleet();
  await using _ = test;
  const other = await commit(db, createDevice(tenant, { externalId: "b", cohort: "x" }, deps));
  const scopes: readonly (readonly [DetectorScope, readonly string[]])[] = [
    [ALL, [device.id, other.id]],
    [{ kind: "COHORT", cohort: "x" }, [other.id]],
    [{ kind: "COHORT", cohort: "y" }, []],
    [{ kind: "DEVICE", deviceIds: [device.id, "none"] }, [device.id]],
  ];
  for (const [scope, ids] of scopes) {
    assertEquals(await devicesInScope(tenant, scope), [...ids].sort());
    const watched = [device, other].filter((one) => isInScope(scope, one)).map(({ id }) => id);
    assertEquals(watched.sort(), [...ids].sort());
  }
});
