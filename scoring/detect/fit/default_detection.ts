import { deviceWatch, levelShift, seriesNovelty } from "../../algorithm/mod.ts";
import { defaultPlan, type FeaturePlan, type PlannedMetric } from "../../features/mod.ts";
import { DEFAULT_INCIDENT_POLICY, type IncidentPolicy } from "../../incident/mod.ts";
import { raisesDeviceAlarm } from "../device_alarm.ts";
import { isForestAlgorithm } from "./fit_forest.ts";

/** What watches metrics where nobody has said how. */
export interface DefaultDetection {
  readonly algorithm: string;
  readonly plan: FeaturePlan;
  readonly incidents: IncidentPolicy;
}

/** Below this width of a bucket a day is too long to remember: machines that are watched by the second. */
const SHORT_BUCKET_MS = 60_000;

/**
 * A single metric is judged by what is new in its own history, several by how they move together and
 * that they move, and several by the second by how far their levels shift. Forests get derived
 * features; other algorithms the plain values, as they have a memory of their own.
 */
export function defaultDetection(
  metrics: readonly PlannedMetric[],
  bucketMs: number,
  algorithm = defaultAlgorithm(metrics.length, bucketMs),
): DefaultDetection {
  const plan = isForestAlgorithm(algorithm)
    ? defaultPlan(metrics, bucketMs)
    : valuePlan(metrics, bucketMs);
  return { algorithm, plan, incidents: defaultPolicy(algorithm) };
}

function defaultAlgorithm(metricCount: number, bucketMs: number): string {
  if (metricCount === 1) return seriesNovelty.name;
  return bucketMs < SHORT_BUCKET_MS ? levelShift.name : deviceWatch.name;
}

/** What decides by itself has waited long enough when it flags; other methods' flags are confirmed. */
function defaultPolicy(algorithm: string): IncidentPolicy {
  return raisesDeviceAlarm(algorithm)
    ? { ...DEFAULT_INCIDENT_POLICY, confirmBuckets: 1 }
    : DEFAULT_INCIDENT_POLICY;
}

function valuePlan(metrics: readonly PlannedMetric[], bucketMs: number): FeaturePlan {
  const features = metrics.map(({ name }) => ({ metric: name, transform: "value" as const }));
  return { bucketMs, metrics, features };
}
