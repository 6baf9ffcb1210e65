import { readParameters } from "../../scoring/algorithm/mod.ts";
import {
  CONTAMINATION_DEFAULT,
  type DefaultDetection,
  defaultDetection,
  detectorAlgorithm,
  detectorAlgorithms,
  PAGES_PER_WEEK_DEFAULT,
  PAGES_PER_WEEK_MAX,
  type Preset,
  PRESETS,
  type SeverityProfile,
  type ThresholdMode,
} from "../../scoring/detect/mod.ts";
import { type FeaturePlan, validatePlan } from "../../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY, type IncidentPolicy } from "../../scoring/incident/mod.ts";
import { loadDevices } from "../fleet/devices.ts";
import { InvalidInputError } from "../errors.ts";
import { checkedChoice, checkedInteger, checkedName, checkedNumber } from "../input.ts";
import { loadMetricsByName, type MetricDataType } from "../fleet/metrics.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

export const THRESHOLD_MODES = [
  "AUTO",
  "CONTAMINATION",
  "TUNED",
  "BUDGET",
] as const satisfies ThresholdMode[];
export const SEVERITY_PROFILES = ["smartbox", "phase3"] as const satisfies SeverityProfile[];

/** Width of a bucket where none is asked for, ms. */
export const BUCKET_MS_DEFAULT = 5 * 60_000;

/** Devices that a scope may name one by one; more are a cohort. */
export const SCOPE_DEVICES_MAX = 1_000;

const POLICY_BUCKETS_MAX = 1_000;
const SEPARATION_MS_MAX = 7 * 86_400_000;

/** Which devices a detector watches. */
export type DetectorScope =
  | { readonly kind: "DEVICE"; readonly deviceIds: readonly string[] }
  | { readonly kind: "COHORT"; readonly cohort: string }
  | { readonly kind: "TENANT" };

/** How its algorithm is fitted: all of its parameters by name, and the seed. */
export interface DetectorParameters {
  readonly seed: number;
  readonly [name: string]: number;
}

/** What a detector computes: a plan in full, or the default one of some metrics, and what judges it. */
export interface PlanInput {
  /** Name of an algorithm; the one that suits the metrics where not given. */
  readonly algorithm?: string | null;
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
 * The plan given, or the default one for the metrics given, with the algorithm that judges it
 * and the incidents that suit it.
 *
 * @throws {InvalidInputError} When it breaks a rule of plans, names a metric that the tenant lacks or
 * an algorithm that there is not.
 */
export async function checkedDetection(
  tenant: TenantDb,
  input: PlanInput,
): Promise<DefaultDetection> {
  const names = input.featurePlan?.metrics.map(({ name }) => name) ?? input.metrics ?? [];
  const kinds = await metricKinds(tenant, names);
  const metrics = names.map((name) => (
    { name: name.normalize("NFC"), kind: kindOf(kinds, name) }
  ));
  const bucketMs = input.bucketMs ?? BUCKET_MS_DEFAULT;
  const detection = defaultDetection(metrics, bucketMs, checkedAlgorithm(input));
  return { ...detection, plan: checkedPlan(input.featurePlan ?? detection.plan, input) };
}

/** A plan in full is for forests where no algorithm is named: its features are derived already. */
function checkedAlgorithm({ algorithm, featurePlan }: PlanInput): string | undefined {
  if (algorithm) return checkedChoice("algorithm", algorithm, detectorAlgorithms());
  return featurePlan ? "isolation_forest" : undefined;
}

function checkedPlan(plan: FeaturePlan, { featurePlan }: PlanInput): FeaturePlan {
  try {
    validatePlan(plan);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidInputError(featurePlan ? "featurePlan" : "metrics", error.message);
  }
  return plan;
}

/** The settings that a name stands for; none where no name is given. */
export function checkedPreset(name: string | null | undefined): Partial<Preset> {
  if (!name) return {};
  return PRESETS[checkedChoice("preset", name, Object.keys(PRESETS))];
}

/** The parameters given, the others as they were or by default. */
export function checkedParameters(
  algorithm: string,
  given: Readonly<Record<string, number>> | null | undefined,
  base: Readonly<Record<string, number>> = {},
): DetectorParameters {
  const { seed, ...parameters }: DetectorParameters = { seed: 1, ...base, ...given };
  const rules = detectorAlgorithm(algorithm).parameters;
  for (const [name, value] of Object.entries(parameters)) {
    const field = `parameters.${name}`;
    if (!Object.hasOwn(rules, name)) {
      const known = ["seed", ...Object.keys(rules)].join(", ");
      throw new InvalidInputError(
        "parameters",
        `Cannot take ${field.slice(0, 100)} as "${algorithm}" has ${known}`,
      );
    }
    if (typeof value !== "number") {
      throw new InvalidInputError("parameters", `Cannot take ${field} as it must be a number`);
    }
    const { min, max, integer } = rules[name];
    (integer ? checkedInteger : checkedNumber)(field, value, min, max);
  }
  return {
    seed: checkedInteger("parameters.seed", seed, 0, 0xffff_ffff),
    ...readParameters(rules, parameters),
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

/** Incidents that a device may open a week, in (0, 1000]. */
export function checkedPagesPerWeek(given: number = PAGES_PER_WEEK_DEFAULT): number {
  return checkedNumber("pagesPerWeek", given, 1e-3, PAGES_PER_WEEK_MAX);
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
