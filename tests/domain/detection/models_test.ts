import { assertEquals } from "@std/assert";
import {
  createDetector,
  createDevice,
  createTenantEdgeStore,
  findAliasedModel,
  findBundle,
  findModel,
  findSetting,
  fittedStatements,
  listAssignments,
  listModels,
  loadModelAliases,
  loadModels,
  modelLabel,
  type ModelRow,
  nextSetting,
  settingStatement,
  updateDetector,
  zoneFor,
} from "../../../domain/mod.ts";
import { SMARTBOX_CALENDAR } from "../../../scoring/time/mod.ts";
import { addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";
import { testSigner } from "../test_signer.ts";

const SUMMARY = {
  provenance: {
    algorithm: "isolation_forest",
    parameters: { treeCount: 1, subsampleSize: 2 },
    seed: 1,
    trainedFrom: 0,
    trainedUntil: 1,
    rows: 40,
    thresholdMode: "AUTO",
    contamination: 0.01,
    pagesPerWeek: 1,
  },
  bucketMs: 300_000,
  features: ["load.value"],
  sections: [],
  bundleBytes: 3,
} as const;

async function openModels() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await addMetric(test.db, tenant, "load");
  const input = { name: "loads", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  const device = await commit(
    test.db,
    createDevice(tenant, { externalId: "pump-1", cohort: "pumps" }, deps),
  );
  const signer = await testSigner();
  /** Puts a model of an entity into production, with its next setting. */
  async function fitted(id: string, entityId: string, at = NOW): Promise<ModelRow> {
    const { tenantId } = tenant;
    const row: ModelRow = {
      id,
      tenant_id: tenantId,
      detector_id: detector.id,
      entity_id: entityId,
      label: modelLabel(at),
      summary: SUMMARY,
      created_at: at,
    };
    const previous = (await findSetting(tenant, detector.id, entityId))?.setting;
    const zone = zoneFor("Europe/Berlin", NOW);
    const setting = nextSetting(detector, {
      entityId,
      calendar: SMARTBOX_CALENDAR,
      zone,
      previous,
    });
    const stored = await settingStatement(tenantId, setting, signer, at);
    const statements = [...fittedStatements(row, Uint8Array.of(1, 2, 3), at), stored];
    await test.db.writer.commit({ statements });
    return row;
  }
  return { test, signer, db: test.db, tenant, detector, device, fitted };
}

Deno.test("a fitted model is in production, and the one before it only listed", async () => {
  const { test, tenant, detector, device, fitted } = await openModels();
  await using _ = test;
  const first = await fitted("m1", device.id, NOW - 1_000);
  const second = await fitted("m2", device.id);
  assertEquals(second.label, "v20260105_120000");
  assertEquals(await findModel(tenant, "m1"), first);
  assertEquals(await findAliasedModel(tenant, detector.id, device.id), second);
  assertEquals(await findAliasedModel(tenant, detector.id, device.id, "shadow"), undefined);
  assertEquals(await findBundle(tenant, "m2"), Uint8Array.of(1, 2, 3));
  const filter = { detectorId: detector.id, entityId: device.id };
  assertEquals((await listModels(tenant, { first: 5, ...filter })).items, [second, first]);
  assertEquals(await loadModels(tenant, ["m1", "none"]), [first, undefined]);
  assertEquals(await loadModelAliases(tenant, ["m1", "m2"]), [[], ["production"]]);
  assertEquals((await findSetting(tenant, detector.id, device.id))?.setting.version, 2);
});

Deno.test("another tenant's models are unknown", async () => {
  const { test, db, device, detector, fitted } = await openModels();
  await using _ = test;
  await fitted("m1", device.id);
  const { tenant } = await addTenant(db, "rival");
  assertEquals(await findModel(tenant, "m1"), undefined);
  assertEquals(await findBundle(tenant, "m1"), undefined);
  assertEquals(await findSetting(tenant, detector.id, device.id), undefined);
  assertEquals((await listModels(tenant, { first: 5 })).items, []);
});

Deno.test("a device is judged by the model of the closest entity, while its detector is enabled", async () => {
  const { test, db, tenant, detector, device, fitted, signer } = await openModels();
  await using _ = test;
  const store = createTenantEdgeStore(db, tenant.tenantId, deps);
  const judging = async () => {
    const profile = await store.findDevice("pump-1");
    const [assigned] = (await listAssignments(tenant, signer)).devices;
    const ids = profile!.assignments.map(({ modelId }) => modelId);
    assertEquals(assigned.assignments.map(({ modelId }) => modelId), ids);
    return ids;
  };
  assertEquals(await judging(), []);
  for (const [id, entity] of [["m1", tenant.tenantId], ["m2", "pumps"], ["m3", device.id]]) {
    await fitted(id, entity);
    assertEquals(await judging(), [id]);
  }
  await commit(db, updateDetector(tenant, detector.id, { enabled: false }, deps));
  assertEquals(await judging(), []);
  const scope = { kind: "COHORT", cohort: "fans" } as const;
  await commit(db, updateDetector(tenant, detector.id, { enabled: true, scope }, deps));
  assertEquals(await judging(), []);
  store.close();
});

Deno.test("edges are told what goes up as enabled detectors want it now, once they judge", async () => {
  const { test, db, tenant, detector, device, fitted, signer } = await openModels();
  await using _ = test;
  const told = async () => {
    const { forwarding } = (await listAssignments(tenant, signer)).devices[0];
    return forwarding && Object.values(forwarding);
  };
  await commit(db, updateDetector(tenant, detector.id, { forwarding: "aggregates" }, deps));
  assertEquals(await told(), undefined);
  await fitted("m1", device.id);
  assertEquals(await told(), ["aggregates"]);
  await commit(db, updateDetector(tenant, detector.id, { forwarding: "anomalies" }, deps));
  assertEquals(await told(), ["anomalies"]);
  const input = { name: "new", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  const other = await commit(db, createDetector(tenant, input, deps));
  assertEquals(await told(), undefined);
  await commit(db, updateDetector(tenant, other.id, { enabled: false }, deps));
  assertEquals(await told(), ["anomalies"]);
});

Deno.test("a setting's zone reaches from before the data until ten years ahead, in whole years", () => {
  const zone = zoneFor("Europe/Berlin", NOW, Date.UTC(2014, 3, 1));
  assertEquals(zone.from <= Date.UTC(2014, 3, 1), true);
  assertEquals(zone.until >= NOW + 10 * 365 * 86_400_000, true);
  assertEquals(zoneFor("Europe/Berlin", NOW + 1_000, Date.UTC(2014, 3, 2)), zone);
});
