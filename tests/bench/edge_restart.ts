import { createStandaloneEdge, type StandaloneEdge } from "../../scoring/edge/mod.ts";
import { openSqlite } from "../../scoring/edge/platform/deno.ts";
import type { SqlDatabase } from "../../scoring/edge/standalone/mod.ts";
import { openTables } from "../../scoring/edge/standalone/store/mod.ts";
import { assignedDocument, FakeGateway } from "../scoring/edge/fake_gateway.ts";
import { KEY, telemetry } from "../scoring/edge/kit.ts";
import { openWorld, START, TENANT } from "../scoring/edge/world.ts";
import { type Measure, told } from "./measure.ts";

/** Points of a file. */
const SIZES = [1_000_000, 5_000_000, 20_000_000];

/** Each with a metric: 35 days of a point in five minutes. */
const POINTS_PER_DEVICE = 10_080;
const STEP_MS = 5 * 60_000;

/** Devices whose first points after the start are timed together. */
const DEVICES_AT_ONCE = 50;

/** How long a stand-alone edge needs after a start, by what its file holds. */
export async function measureEdgeRestart(): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const points of SIZES) measures.push(...await measureRestart(points));
  return measures;
}

async function measureRestart(points: number): Promise<Measure[]> {
  const folder = await Deno.makeTempDir();
  try {
    const world = await openWorld();
    const devices = Math.ceil(points / POINTS_PER_DEVICE);
    const { devices: [like], ...rest } = await assignedDocument(world);
    const gateway = new FakeGateway({
      ...rest,
      devices: Array.from({ length: devices }, (_, device) => (
        { ...like, deviceId: `id-of-${nameOf(device)}`, name: nameOf(device) }
      )),
    });
    gateway.bundles.set(world.modelId, world.bundle);
    const now = START + POINTS_PER_DEVICE * STEP_MS;
    const open = () =>
      createStandaloneEdge({
        database: openSqlite(`${folder}/edge.db`),
        gateway,
        edgeId: "edge-1",
        trustedKeys: world.trustedKeys,
        authenticate: () => Promise.resolve({ tenantId: TENANT, keyId: KEY, role: "edge" }),
        now: () => now,
        newId: () => crypto.randomUUID(),
        onError: (error) => console.error(error),
        log: () => {},
      });
    const first = open();
    await first.refreshAssignments();
    first.close();
    fill(`${folder}/edge.db`, devices);
    const startedAt = performance.now();
    const edge = open();
    await send(edge, [0], now);
    const verdictMs = performance.now() - startedAt;
    const manyAt = performance.now();
    await send(edge, Array.from({ length: DEVICES_AT_ONCE }, (_, device) => 1 + device), now);
    const manyMs = performance.now() - manyAt;
    await edge.tick();
    edge.close();
    const of = `${points / 1e6} million points`;
    return [
      told(`edge restart, first verdict, ${of}`, verdictMs, "ms"),
      told(`edge restart, first points of ${DEVICES_AT_ONCE} devices, ${of}`, manyMs, "ms"),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function nameOf(device: number): string {
  return `pump-${device}`;
}

/** Thirty-five days of each device, all of it acknowledged. */
function fill(path: string, devices: number): void {
  const database: SqlDatabase = openSqlite(path);
  openTables(database);
  database.exec("pragma synchronous = off");
  for (let device = 0; device < devices; device++) {
    const deviceId = `id-of-${nameOf(device)}`;
    database.transaction(() => {
      database.run("insert into series (id, device_id, metric_id) values (?, ?, 'id-of-cpu')", [
        device + 1,
        deviceId,
      ]);
      database.run(
        `with recursive steps (step) as
          (select 0 union all select step + 1 from steps where step < ?)
          insert into points select ?, ? + step * ?, 30 + (step * 7919 % 400) / 100.0, 0 from steps`,
        [POINTS_PER_DEVICE - 1, device + 1, START, STEP_MS],
      );
      database.run("insert into progress (device_id, watermark) values (?, ?)", [
        deviceId,
        START + (POINTS_PER_DEVICE - 1) * STEP_MS,
      ]);
    });
  }
  database.close();
}

async function send(edge: StandaloneEdge, devices: readonly number[], at: number): Promise<void> {
  const points = devices.map((device) => ({
    device: nameOf(device),
    metric: "cpu",
    at,
    value: 32,
  }));
  const response = await telemetry(edge.app, points);
  const { accepted } = await response.json();
  if (accepted !== points.length) {
    throw new Error(`Only ${accepted} of ${points.length} were taken`);
  }
}
