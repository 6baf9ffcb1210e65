import { fitModel } from "../../../scoring/detect/mod.ts";
import type { Calibration, Setting } from "../../../scoring/detect/mod.ts";
import { foldSeries } from "../../../scoring/features/mod.ts";
import type { FeaturePlan } from "../../../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../scoring/incident/mod.ts";
import type { Anomaly, Incident, IncidentChange } from "../../../scoring/incident/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { createDevicePipeline } from "../../../scoring/pipeline/mod.ts";
import type {
  AcceptedPoint,
  Assigned,
  DeviceEffects,
  DevicePipeline,
  DevicePoint,
} from "../../../scoring/pipeline/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";

export const MINUTE_MS = 60_000;
export const LATENESS_MS = 2 * MINUTE_MS;
/** A Monday, 00:00 UTC. */
export const START = Date.UTC(2026, 0, 5);

/** What a device sends in one minute: a calm daily wave, unless a shock says otherwise. */
export function minuteOf(minute: number, shock: number, noise: () => number): DevicePoint[] {
  const at = START + minute * MINUTE_MS;
  const day = (minute + 2880) % 1440 / 1440;
  // A triangle serves as well as a sine, and is the same everywhere.
  const wave = 1 - Math.abs(2 * day - 1);
  return [
    { metric: "cpu", at, value: 30 + 20 * wave + 2 * noise() + 40 * shock },
    { metric: "memory", at: at + 7_000, value: 50 + 10 * wave + noise() },
    { metric: "requests", at: at + 13_000, value: 100 * minute + 30 * noise() + 900 * shock },
    // No detector reads this one.
    { metric: "other", at: at + 41_000, value: minute },
  ];
}

export function noiseOf(seed: number): () => number {
  const random = createRandom(seed);
  return () => random.nextFloat() + random.nextFloat() - 1;
}

const PLANS: readonly FeaturePlan[] = [
  {
    bucketMs: MINUTE_MS,
    metrics: [{ name: "cpu", kind: "gauge" }, { name: "memory", kind: "gauge" }],
    features: [
      { metric: "cpu", transform: "value" },
      { metric: "cpu", transform: "residual", window: 5 },
      { metric: "cpu", transform: "rollingStd", window: 7 },
      { metric: "memory", transform: "delta", window: 1 },
    ],
  },
  {
    bucketMs: 5 * MINUTE_MS,
    metrics: [{ name: "requests", kind: "counter" }, { name: "cpu", kind: "gauge" }],
    features: [
      { metric: "requests", transform: "value" },
      { metric: "requests", transform: "rollingMean", window: 3 },
      { metric: "cpu", transform: "rollingMax", window: 2 },
    ],
  },
];

function assignedOf(plan: FeaturePlan, index: number): Assigned {
  const noise = noiseOf(index + 1);
  const samples = Array.from({ length: 2880 }, (_, minute) => minuteOf(minute - 2880, 0, noise))
    .flat()
    .map(({ metric, at, value }) => ({
      metric: plan.metrics.findIndex(({ name }) => name === metric),
      at,
      value,
    }))
    .filter(({ metric }) => metric >= 0);
  const detectorId = `detector-${index}`;
  const setting: Setting = {
    version: 1,
    detectorId,
    entityId: "device",
    severityProfile: "smartbox",
    thresholds: {},
    calendar: SMARTBOX_CALENDAR,
    zone: UTC,
    incidents: DEFAULT_INCIDENT_POLICY,
  };
  const model = fitModel({
    detectorId,
    entityId: "device",
    plan,
    calendar: SMARTBOX_CALENDAR,
    zone: UTC,
    vectors: foldSeries(plan, UTC, samples),
    parameters: { treeCount: 25, subsampleSize: 64 },
    seed: 7,
  });
  return { detectorId, modelId: `model-${index}`, model, setting };
}

let assigned: readonly Assigned[] | undefined;

/** Two detectors of different bucket widths, each with a real forest; fitted once. */
export function detectors(): readonly Assigned[] {
  return assigned ??= PLANS.map(assignedOf);
}

/** The same detectors with other thresholds. */
export function detectorsAt(threshold: (calibration: Calibration) => number): readonly Assigned[] {
  return detectors().map((one) => ({
    ...one,
    setting: {
      ...one.setting,
      thresholds: Object.fromEntries(
        one.model.sections.map(({ period, calibration }) => [period, threshold(calibration)]),
      ),
    },
  }));
}

/** Flags one calm bucket in nine, so that incidents of all kinds come and go. */
export const NERVOUS = ({ quantiles }: Calibration) => quantiles[58];
/** Flags one calm bucket in a hundred. */
export const ALERT = ({ quantiles, meanExcess }: Calibration) => quantiles[64] + meanExcess;

/** What a store has of the device: all that a restart may know. */
export interface Stored {
  readonly points: AcceptedPoint[];
  watermark: number | null;
  readonly anomalies: Anomaly[];
  readonly changes: IncidentChange[];
  readonly incidents: Map<string, Incident>;
}

export function emptyStore(): Stored {
  return { points: [], watermark: null, anomalies: [], changes: [], incidents: new Map() };
}

export function apply(stored: Stored, effects: DeviceEffects | undefined): void {
  if (!effects) return;
  stored.points.push(...effects.points);
  stored.watermark = effects.watermark;
  stored.anomalies.push(...effects.anomalies);
  for (const change of effects.incidentChanges) {
    const { incident } = change;
    const version = stored.incidents.get(incident.id)?.version ?? 0;
    if (incident.version !== version + 1) throw new Error(`Version ${version} was not followed`);
    stored.incidents.set(incident.id, incident);
    stored.changes.push(change);
  }
}

/** A pipeline made from nothing but what is stored. */
export function restarted(stored: Stored, runners = detectors()): DevicePipeline {
  const pipeline = createDevicePipeline({
    tenantId: "tenant",
    deviceId: "device",
    latenessMs: LATENESS_MS,
    watermark: stored.watermark,
    incidents: [...stored.incidents.values()].filter(({ state }) => state !== "CLOSED"),
    metricIds: new Map([["cpu", "m1"], ["memory", "m2"], ["requests", "m3"], ["other", "m0"]]),
    categories: new Map([["cpu", "resource"], ["requests", "traffic"]]),
    runners,
  });
  const names: Record<string, string> = { m0: "other", m1: "cpu", m2: "memory", m3: "requests" };
  const { refoldFrom } = pipeline;
  if (refoldFrom !== null) {
    pipeline.refold(
      stored.points.filter(({ at, late }) => !late && at >= refoldFrom)
        .map(({ metricId, at, value }) => ({ metric: names[metricId], at, value }))
        .filter(({ metric }) => pipeline.refoldMetrics.includes(metric)),
    );
  }
  return pipeline;
}
