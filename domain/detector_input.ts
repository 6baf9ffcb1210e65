import {
  CONTAMINATION_DEFAULT,
  type SeverityProfile,
  SUBSAMPLE_SIZE_DEFAULT,
  type ThresholdMode,
  TREE_COUNT_DEFAULT,
} from "../scoring/detect/mod.ts";
import { defaultPlan, type FeaturePlan, validatePlan } from "../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY, type IncidentPolicy } from "../scoring/incident/mod.ts";
import { loadDevices } from "./devices.ts";
import { InvalidInputError } from "./errors.ts";
import { checkedInteger, checkedName, checkedNumber } from "./input.ts";
import { loadMetricsByName, type MetricDataType } from "./metrics.ts";
import type { TenantDb } from "./storage/tenant_db.ts";

export const THRESHOLD_MODES = ["AUTO", "CONTAMINATION"] as const satisfies ThresholdMode[];
export const SEVERITY_PROFILES = ["smartbox", "phase3"] as const satisfies SeverityProfile[];

/** Width of a bucket where none is asked for, ms. */
export const BUCKET_MS_DEFAULT = 5 * 60_000;

/** Devices that a scope may name one by one; more are a cohort. */
export const SCOPE_DEVICES_MAX = 1_000;

/** Far more trees than any published setting: bounds the size of a bundle. */
const TREE_COUNT_MAX = 1_000;
const SUBSAMPLE_SIZE_MAX = 4_096;
const POLICY_BUCKETS_MAX = 1_000;
const SEPARATION_MS_MAX = 7 * 86_400_000;

/** Which devices a detector watches. */
export type DetectorScope =
  | { readonly kind: "DEVICE"; readonly deviceIds: readonly string[] }
  | { readonly kind: "COHORT"; readonly cohort: string }
  | { readonly kind: "TENANT" };

/** How its forests are fitted. */
export interface DetectorParameters {
  readonly treeCount: number;
  /** ψ; less where there are fewer rows. */
  readonly subsampleSize: number;
  readonly seed: number;
}

/** What a detector computes: a plan in full, or the default plan of some metrics. */
export interface PlanInput {
  readonly featurePlan?: FeaturePlan | null;
  /** Names of metrics; ignored when there is a plan. */
  readonly metrics?: readonly string[] | null;
  readonly bucketMs?: number | null;
}

/** @throws {InvalidInputError} When it names no device, too many or one that the tenant lacks. */
export async function checkedScope(tenant: TenantDb, scope: DetectorScope): Promise<DetectorScope> {
  switch (scope.kind) {
    case "TENANT":
      return { kind: "TENANT" };
    case "COHORT":
      return { kind: "COHORT", cohort: checkedName("scope.cohort", scope.cohort) };
    case "DEVICE": {
      const deviceIds = [...new Set(scope.deviceIds)];
      checkedInteger("scope.deviceIds.length", deviceIds.length, 1, SCOPE_DEVICES_MAX);
      await checkDevices(tenant, deviceIds);
      return { kind: "DEVICE", deviceIds };
    }
  }
}

/**
 * The plan given, or the default one for the metrics given.
 *
 * @throws {InvalidInputError} When it breaks a rule of plans or names a metric that the tenant lacks.
 */
export async function checkedPlan(tenant: TenantDb, input: PlanInput): Promise<FeaturePlan> {
  const names = input.featurePlan?.metrics.map(({ name }) => name) ?? input.metrics ?? [];
  const kinds = await metricKinds(tenant, names);
  const plan = input.featurePlan ?? defaultPlan(
    names.map((name) => ({ name: name.normalize("NFC"), kind: kindOf(kinds, name) })),
    input.bucketMs ?? BUCKET_MS_DEFAULT,
  );
  for (const { name } of plan.metrics) kindOf(kinds, name);
  try {
    validatePlan(plan);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidInputError(input.featurePlan ? "featurePlan" : "metrics", error.message);
  }
  return plan;
}

/** The parameters given, the others by default. */
export function checkedParameters(
  given: Partial<DetectorParameters> | null | undefined,
  base: DetectorParameters = {
    treeCount: TREE_COUNT_DEFAULT,
    subsampleSize: SUBSAMPLE_SIZE_DEFAULT,
    seed: 1,
  },
): DetectorParameters {
  const { treeCount, subsampleSize, seed } = { ...base, ...given };
  return {
    treeCount: checkedInteger("parameters.treeCount", treeCount, 1, TREE_COUNT_MAX),
    subsampleSize: checkedInteger(
      "parameters.subsampleSize",
      subsampleSize,
      2,
      SUBSAMPLE_SIZE_MAX,
    ),
    seed: checkedInteger("parameters.seed", seed, 0, 0xffff_ffff),
  };
}

/** The policy given, the rest by default. */
export function checkedPolicy(
  given: Partial<IncidentPolicy> | null | undefined,
  base: IncidentPolicy = DEFAULT_INCIDENT_POLICY,
): IncidentPolicy {
  const policy = { ...base, ...given };
  const buckets = (name: "confirmBuckets" | "graceBuckets") =>
    checkedInteger(`incidentPolicy.${name}`, policy[name], 1, POLICY_BUCKETS_MAX);
  const { separationMs } = policy;
  return {
    confirmBuckets: buckets("confirmBuckets"),
    graceBuckets: buckets("graceBuckets"),
    separationMs: checkedInteger("incidentPolicy.separationMs", separationMs, 0, SEPARATION_MS_MAX),
  };
}

/** Expected share of anomalous rows, in (0, 0.5]. */
export function checkedContamination(given: number = CONTAMINATION_DEFAULT): number {
  return checkedNumber("contamination", given, 1e-6, 0.5);
}

async function checkDevices(tenant: TenantDb, ids: readonly string[]): Promise<void> {
  const devices = await loadDevices(tenant, ids);
  const missing = devices.findIndex((device) => device === undefined);
  if (missing < 0) return;
  const field = `scope.deviceIds[${missing}]`;
  throw new InvalidInputError(field, `Cannot watch device "${ids[missing]}" as it does not exist`);
}

async function metricKinds(
  tenant: TenantDb,
  names: readonly string[],
): Promise<Map<string, MetricDataType>> {
  const metrics = await loadMetricsByName(tenant, names.map((name) => name.normalize("NFC")));
  return new Map(metrics.map((metric) => [metric.name, metric.data_type as MetricDataType]));
}

function kindOf(kinds: ReadonlyMap<string, MetricDataType>, name: string): MetricDataType {
  const kind = kinds.get(name.normalize("NFC"));
  if (kind) return kind;
  const said = `Cannot watch metric ${JSON.stringify(name.slice(0, 200))} as it does not exist`;
  throw new InvalidInputError("metrics", said);
}
