import { assertEquals, assertRejects } from "@std/assert";
import {
  createDetector,
  DRIFT_REPORTS_KEPT,
  driftReportStatements,
  findDriftMemory,
  fittedStatements,
  GuardError,
  listDriftedDevices,
  listDriftReports,
  loadDriftReports,
  type ModelRow,
} from "../../../domain/mod.ts";
import { NO_DRIFT_MEMORY } from "../../../scoring/drift/mod.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";
import { driftReportOf, WINDOW_MS } from "./drift_report_of.ts";

async function openWatched() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await addMetric(test.db, tenant, "load");
  const device = await addDevice(test.db, tenant, "pump-1");
  const input = { name: "loads", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  const subject = {
    detectorId: detector.id,
    deviceId: device.id,
    modelId: "a",
    features: ["load.value"],
  };
  return { test, db: test.db, tenant, subject, parts: { tenant, ...subject } };
}

Deno.test("reports are listed newest first, or those alone that ask for action", async () => {
  const { test, db, tenant, parts } = await openWatched();
  await using _ = test;
  const first = driftReportOf(parts, NOW);
  const second = driftReportOf(parts, NOW + WINDOW_MS, {
    state: "ALARM",
    is_action: 1,
    score: null,
  });
  await db.writer.commit({ statements: driftReportStatements([first, second]) });
  const list = async (more: object) =>
    (await listDriftReports(tenant, { first: 10, ...more })).items.map(({ id }) => id);
  assertEquals(await list({}), [second.id, first.id]);
  assertEquals(await list({ onlyActions: true, deviceId: parts.deviceId }), [second.id]);
  assertEquals(await list({ detectorId: "none" }), []);
  assertEquals(await list({ deviceId: "none" }), []);
  assertEquals(await loadDriftReports(tenant, ["none", second.id]), [undefined, second]);
});

Deno.test("a device has drifted while the model is in production that it drifted from", async () => {
  const { test, db, tenant, parts } = await openWatched();
  await using _ = test;
  const report = driftReportOf(parts, NOW, { state: "ALARM", is_action: 1 });
  await db.writer.commit({ statements: driftReportStatements([report]) });
  const drifted = (since: number) => listDriftedDevices(tenant, parts.detectorId, since);
  const putIntoProduction = (id: string) => {
    const row = {
      id,
      tenant_id: tenant.tenantId,
      detector_id: parts.detectorId,
      entity_id: parts.deviceId,
      label: "v",
      // Nobody looks into it here.
      summary: {} as ModelRow["summary"],
      created_at: NOW,
    };
    return db.writer.commit({ statements: fittedStatements(row, new Uint8Array(1), NOW) });
  };
  assertEquals(await drifted(NOW), []);
  await putIntoProduction(parts.modelId);
  assertEquals([await drifted(NOW), await drifted(NOW + 1)], [[parts.deviceId], []]);
  await putIntoProduction("b");
  assertEquals(await drifted(NOW), []);
});

Deno.test("only a report that asks for action is told", async () => {
  const { test, db, tenant, parts } = await openWatched();
  await using _ = test;
  const report = driftReportOf(parts, NOW + WINDOW_MS, { state: "ALARM", is_action: 1 });
  await db.writer.commit({
    statements: driftReportStatements([driftReportOf(parts, NOW), report]),
  });
  const types = ["drift.found"] as const;
  const events = await db.events.read(tenant.tenantId, { after: 0, limit: 10, types });
  assertEquals(events.map(({ payload }) => payload), [report] as unknown[]);
});

Deno.test("a window is reported on once", async () => {
  const { test, db, tenant, parts } = await openWatched();
  await using _ = test;
  await db.writer.commit({ statements: driftReportStatements([driftReportOf(parts, NOW)]) });
  const again = [driftReportOf(parts, NOW + WINDOW_MS), driftReportOf(parts, NOW)];
  await assertRejects(
    () => db.writer.commit({ statements: driftReportStatements(again) }),
    GuardError,
  );
  assertEquals((await listDriftReports(tenant, { first: 10 })).items.length, 1);
});

Deno.test("what the monitors must know comes from the newest report and the newest action", async () => {
  const { test, db, tenant, subject, parts } = await openWatched();
  await using _ = test;
  assertEquals(await findDriftMemory(tenant, subject), NO_DRIFT_MEMORY);
  const reports = [
    driftReportOf(parts, NOW, { state: "ALARM", is_action: 1 }),
    driftReportOf(parts, NOW + WINDOW_MS),
  ];
  await db.writer.commit({ statements: driftReportStatements(reports) });
  const memory = { until: NOW + 2 * WINDOW_MS, streaks: [1, 0], actedAt: NOW + WINDOW_MS };
  assertEquals(await findDriftMemory(tenant, subject), memory);
  // Another model has another reference: what drifted against the old one says nothing.
  assertEquals(await findDriftMemory(tenant, { ...subject, modelId: "b" }), {
    ...memory,
    streaks: [],
  });
});

Deno.test("the newest thousand reports of a device and detector are kept", async () => {
  const { test, db, tenant, parts } = await openWatched();
  await using _ = test;
  const reports = Array.from(
    { length: DRIFT_REPORTS_KEPT + 2 },
    (_, index) => driftReportOf(parts, NOW + index * WINDOW_MS),
  );
  await db.writer.commit({ statements: driftReportStatements(reports.slice(0, -1)) });
  await db.writer.commit({ statements: driftReportStatements(reports.slice(-1)) });
  const { count } = await tenant.db.selectFrom("drift_reports")
    .select((eb) => [eb.fn.countAll<number>().as("count")]).executeTakeFirstOrThrow();
  assertEquals(count, DRIFT_REPORTS_KEPT);
  const [newest] = (await listDriftReports(tenant, { first: 1 })).items;
  assertEquals(newest, reports.at(-1));
});
