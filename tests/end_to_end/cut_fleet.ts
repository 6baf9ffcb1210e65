import { readKeys } from "../../api/keys.ts";
import {
  createDetector,
  createDevice,
  createIdFactory,
  createMetric,
  type Database,
  fittedStatements,
  modelLabel,
  settingStatement,
  summaryOf,
  type TenantDb,
} from "../../domain/mod.ts";
import { encodeBundle, signBundle } from "../../scoring/bundle/mod.ts";
import { fitModel, type Setting } from "../../scoring/detect/mod.ts";
import { type FeaturePlan, foldSeries } from "../../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../scoring/incident/mod.ts";
import { createRandom } from "../../scoring/numeric/mod.ts";
import type { TelemetryPoint } from "../../scoring/point.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../scoring/time/mod.ts";
import type { Installation } from "./gateway_process.ts";
import { openInstalled } from "./gateway_process.ts";

const DEVICES = 100;
const METRICS = 10;

/** Points of all devices in a second. */
export const POINTS_PER_SECOND = DEVICES * METRICS;

const SECOND_MS = 1_000;
const BUCKET_MS = 10 * SECOND_MS;

/** A Monday, 09:00 UTC: what comes after it is judged, what came before is learnt. */
const START = Date.UTC(2026, 0, 5, 9);
const TRAINING_SECONDS = 4 * 3_600;

/** A device is wild for a minute, once in so many; each at its own time. */
const WILD_EVERY_SECONDS = 240;
const WILD_SECONDS = 60;

const PLAN: FeaturePlan = {
  bucketMs: BUCKET_MS,
  metrics: [{ name: "load-0", kind: "gauge" }, { name: "load-1", kind: "gauge" }],
  features: [
    { metric: "load-0", transform: "value" },
    { metric: "load-0", transform: "rollingStd", window: 6 },
    { metric: "load-1", transform: "value" },
  ],
};

/** All points of one second, a device after the other; the same second gives the same points. */
export function pointsOf(second: number): TelemetryPoint[] {
  const random = createRandom((second + 1_000_000) >>> 0);
  const points: TelemetryPoint[] = [];
  for (let device = 0; device < DEVICES; device++) {
    const shift = isWild(device, second) ? 60 : 0;
    for (let metric = 0; metric < METRICS; metric++) {
      points.push({
        device: `pump-${device}`,
        metric: `load-${metric}`,
        at: START + second * SECOND_MS,
        value: 30 + 4 * random.nextFloat() + (metric <= 1 ? shift : 0),
      });
    }
  }
  return points;
}

function isWild(device: number, second: number): boolean {
  if (second < 0 || device % 4 !== 0) return false;
  return (second + 7 * device) % WILD_EVERY_SECONDS >= WILD_EVERY_SECONDS - WILD_SECONDS;
}

/** Puts the fleet into an installation, with one model in production for all of its devices. */
export async function addFleet({ folder, tenantId }: Installation): Promise<void> {
  const database = await openInstalled(folder);
  try {
    await addAll(database, database.tenant(tenantId), `${folder}/keys`);
  } finally {
    await database.close();
  }
}

async function addAll(database: Database, tenant: TenantDb, keys: string): Promise<void> {
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const deps = { now: Date.now, newId: createIdFactory({ now: Date.now, random }) };
  const { writer } = database;
  for (let metric = 0; metric < METRICS; metric++) {
    const input = { name: `load-${metric}`, category: "resource" };
    await writer.commit((await createMetric(tenant, input, deps)).write);
  }
  for (let device = 0; device < DEVICES; device++) {
    const change = await createDevice(tenant, { externalId: `pump-${device}` }, deps);
    await writer.commit(change.write);
  }
  const input = { name: "pumps", scope: { kind: "TENANT" }, featurePlan: PLAN } as const;
  const detector = await createDetector(tenant, input, deps);
  await writer.commit(detector.write);
  await addModel(database, tenant, detector.subject.id, keys);
}

async function addModel(
  database: Database,
  { tenantId }: TenantDb,
  detectorId: string,
  keys: string,
): Promise<void> {
  const { signer } = await readKeys(keys);
  const ids = { detectorId, entityId: tenantId };
  const setting: Setting = {
    ...ids,
    version: 1,
    severityProfile: "smartbox",
    thresholds: {},
    calendar: SMARTBOX_CALENDAR,
    zone: UTC,
    incidents: { ...DEFAULT_INCIDENT_POLICY, separationMs: 60_000 },
  };
  const model = fitModel({
    ...ids,
    plan: PLAN,
    calendar: SMARTBOX_CALENDAR,
    zone: UTC,
    vectors: foldSeries(PLAN, UTC, calmSamples()),
    parameters: { treeCount: 50, subsampleSize: 128 },
    seed: 7,
  });
  const { id, unsigned } = encodeBundle(model);
  const bundle = await signBundle(unsigned, signer, tenantId);
  const row = {
    id,
    tenant_id: tenantId,
    detector_id: detectorId,
    entity_id: tenantId,
    label: modelLabel(Date.now()),
    summary: summaryOf(model, bundle.length),
    created_at: Date.now(),
  };
  await database.writer.commit({
    statements: [
      ...fittedStatements(row, bundle, Date.now()),
      await settingStatement(tenantId, setting, signer, Date.now()),
    ],
  });
}

/** Hours of one device before the start. */
function calmSamples() {
  const random = createRandom(1);
  return Array.from({ length: TRAINING_SECONDS }, (_, second) => second - TRAINING_SECONDS)
    .flatMap((second) =>
      [0, 1].map((metric) => (
        { metric, at: START + second * SECOND_MS, value: 30 + 4 * random.nextFloat() }
      ))
    );
}
