import { type DetectorPatch, InvalidInputError, type NewDetector } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import {
  DriftReactionEnum,
  ForwardingEnum,
  MetricDataTypeEnum,
  SeverityProfileEnum,
  ThresholdModeEnum,
  TransformEnum,
} from "./core/enums.ts";
import { rowIdOf } from "./core/global_id.ts";
import { jsonObject } from "./core/json_object.ts";
import { INPUT_LIST_MAX } from "./core/limits.ts";

const ScopeInput = builder.inputType("DetectorScopeInput", {
  description: "Which devices to watch: these devices, or a cohort, or with neither all.",
  fields: (t) => ({
    deviceIds: t.idList({ description: "Ids of Devices." }),
    cohort: t.string({ description: "Name of a cohort." }),
  }),
});

const FeatureInput = builder.inputType("FeatureInput", {
  description: "One column of the vectors that are judged.",
  fields: (t) => ({
    metric: t.string({
      description: "Name of one of the plan's metrics; none for the calendar's.",
    }),
    transform: t.field({ type: TransformEnum, required: true, description: "How it is made." }),
    window: t.int({ description: "Buckets, or days for SEASONAL_RESIDUAL." }),
  }),
});

const PlannedMetricInput = builder.inputType("PlannedMetricInput", {
  description: "A metric that a plan uses.",
  fields: (t) => ({
    name: t.string({ required: true, description: "The metric's name." }),
    dataType: t.field({
      type: MetricDataTypeEnum,
      required: true,
      description: "How its values are read.",
    }),
  }),
});

const FeaturePlanInput = builder.inputType("FeaturePlanInput", {
  description: "What turns a device's points into the vectors that are judged.",
  fields: (t) => ({
    bucket: t.field({ type: "Duration", required: true, description: "Width of a bucket." }),
    metrics: t.field({
      type: [PlannedMetricInput],
      required: true,
      description: "The metrics that the features use.",
    }),
    features: t.field({ type: [FeatureInput], required: true, description: "The columns." }),
  }),
});

const PolicyInput = builder.inputType("IncidentPolicyInput", {
  description: "How anomalies become incidents; a field that is left out stays or has its default.",
  fields: (t) => ({
    confirmBuckets: t.int({ description: "Anomalous buckets that open; 2 by default." }),
    graceBuckets: t.int({ description: "Normal buckets that resolve; 3 by default." }),
    separation: t.field({
      type: "Duration",
      description: "Time within which the same pattern reopens; PT30M by default.",
    }),
  }),
});

const DriftPolicyInput = builder.inputType("DriftPolicyInput", {
  description: "What counts as drift; a field that is left out stays or has its default.",
  fields: (t) => ({
    preset: t.string({
      description: "`standard`: distance 0.1, or `sensitive`: 0.05 over windows of 500 buckets.",
    }),
    distance: t.float({
      description: "Kolmogorov-Smirnov distance from which a difference matters, 0.01 to 0.9.",
    }),
    windowBuckets: t.int({ description: "Buckets of a window, 48 to 8640." }),
    onDrift: t.field({ type: DriftReactionEnum, description: "What follows; NONE by default." }),
  }),
});

export const CreateDetectorInput = builder.inputType("CreateDetectorInput", {
  description: "A new detector.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Unique in the tenant." }),
    scope: t.field({ type: ScopeInput, required: true, description: "Which devices to watch." }),
    metrics: t.stringList({ description: "Names of metrics, for their default plan." }),
    bucket: t.field({ type: "Duration", description: "Width of a bucket of the default plan." }),
    featurePlan: t.field({ type: FeaturePlanInput, description: "A plan in full, instead." }),
    algorithm: t.string({ description: "Its name; the one that suits the metrics by default." }),
    preset: t.string({ description: "Settings that hold where nothing else is given." }),
    parameters: t.field({
      type: "JSON",
      description: "The algorithm's parameters by name and `seed`, an object of numbers.",
    }),
    thresholdMode: t.field({ type: ThresholdModeEnum, description: "AUTO by default." }),
    contamination: t.float({ description: "Expected share of anomalous rows." }),
    pagesPerWeek: t.float({ description: "Incidents that a device may open a week, for BUDGET." }),
    severityProfile: t.field({ type: SeverityProfileEnum, description: "SMARTBOX by default." }),
    incidentPolicy: t.field({ type: PolicyInput, description: "How incidents open and end." }),
    forwarding: t.field({
      type: ForwardingEnum,
      description: "What edges send of its metrics; ALL by default.",
    }),
    driftPolicy: t.field({ type: DriftPolicyInput, description: "What counts as drift." }),
    refitEvery: t.field({
      type: "Duration",
      description:
        "Time after which it is fitted to its newest month, PT1H to P365D; never if none.",
    }),
    enabled: t.boolean({ description: "Whether it judges; true by default." }),
  }),
});

export const UpdateDetectorInput = builder.inputType("UpdateDetectorInput", {
  description: "What to change of a detector; a field that is left out stays.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Id of the Detector." }),
    name: t.string({ description: "Unique in the tenant." }),
    scope: t.field({ type: ScopeInput, description: "Which devices to watch." }),
    metrics: t.stringList({ description: "Names of metrics, for their default plan." }),
    bucket: t.field({ type: "Duration", description: "Width of a bucket of the default plan." }),
    featurePlan: t.field({ type: FeaturePlanInput, description: "A plan in full, instead." }),
    algorithm: t.string({ description: "Its name; parameters of another one are dropped." }),
    parameters: t.field({
      type: "JSON",
      description: "The algorithm's parameters to change, by name, and `seed`.",
    }),
    thresholdMode: t.field({ type: ThresholdModeEnum, description: "Where the threshold goes." }),
    contamination: t.float({ description: "Expected share of anomalous rows." }),
    pagesPerWeek: t.float({ description: "Incidents that a device may open a week, for BUDGET." }),
    severityProfile: t.field({ type: SeverityProfileEnum, description: "Severities by excess." }),
    incidentPolicy: t.field({ type: PolicyInput, description: "How incidents open and end." }),
    forwarding: t.field({
      type: ForwardingEnum,
      description: "What edges send of its metrics; holds at once.",
    }),
    driftPolicy: t.field({ type: DriftPolicyInput, description: "What counts as drift." }),
    refitEvery: t.field({
      type: "Duration",
      description: "Time after which it is fitted to its newest month; PT0S for never.",
    }),
    enabled: t.boolean({ description: "Whether it judges." }),
    expectedVersion: t.int({ description: "Refuse when the detector has another version by now." }),
  }),
});

/** What the domain makes a detector of. */
export function newDetectorOf(input: typeof CreateDetectorInput.$inferInput): NewDetector {
  const { name, preset } = input;
  return { ...definitionOf(input), name, preset, scope: scopeOf(input.scope) };
}

/** What the domain changes a detector by. */
export function detectorPatchOf(input: typeof UpdateDetectorInput.$inferInput): DetectorPatch {
  return {
    ...definitionOf(input),
    name: input.name ?? undefined,
    scope: input.scope ? scopeOf(input.scope) : undefined,
    expectedVersion: input.expectedVersion,
  };
}

type DefinitionInput = Omit<typeof UpdateDetectorInput.$inferInput, "id" | "name" | "scope">;

function definitionOf(input: DefinitionInput): Omit<NewDetector, "name" | "scope"> {
  checkLength("metrics", input.metrics);
  return {
    featurePlan: input.featurePlan ? planOf(input.featurePlan) : undefined,
    metrics: input.metrics,
    bucketMs: input.bucket,
    algorithm: input.algorithm,
    parameters: jsonObject("parameters", input.parameters) as NewDetector["parameters"],
    thresholdMode: input.thresholdMode,
    contamination: input.contamination,
    pagesPerWeek: input.pagesPerWeek,
    severityProfile: input.severityProfile,
    incidentPolicy: policyOf(input.incidentPolicy ?? {}),
    forwarding: input.forwarding,
    driftPolicy: input.driftPolicy && driftPolicyOf(input.driftPolicy),
    refitEveryMs: input.refitEvery,
    enabled: input.enabled,
  };
}

function scopeOf({ deviceIds, cohort }: typeof ScopeInput.$inferInput): NewDetector["scope"] {
  const hasCohort = typeof cohort === "string";
  if (deviceIds && hasCohort) {
    throw new InvalidInputError("scope", "Cannot watch both devices and a cohort: name one");
  }
  if (deviceIds) {
    checkLength("scope.deviceIds", deviceIds);
    return {
      kind: "DEVICE",
      deviceIds: deviceIds.map((id, index) => rowIdOf("Device", id, `scope.deviceIds[${index}]`)),
    };
  }
  return hasCohort ? { kind: "COHORT", cohort } : { kind: "TENANT" };
}

function planOf(
  plan: typeof FeaturePlanInput.$inferInput,
): NonNullable<NewDetector["featurePlan"]> {
  checkLength("featurePlan.metrics", plan.metrics);
  checkLength("featurePlan.features", plan.features);
  return {
    bucketMs: plan.bucket,
    metrics: plan.metrics.map(({ name, dataType }) => ({ name, kind: dataType })),
    features: plan.features.map(({ metric, transform, window }) => ({
      metric: metric ?? "",
      transform,
      ...typeof window === "number" ? { window } : {},
    })),
  };
}

function policyOf({ separation, ...buckets }: typeof PolicyInput.$inferInput) {
  return given({ ...buckets, separationMs: separation });
}

function driftPolicyOf({ distance, ...policy }: typeof DriftPolicyInput.$inferInput) {
  return { ...policy, distanceMin: distance };
}

/** Without what was left out or null, so that it does not hide a default. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) =>
    value !== null && value !== undefined
  );
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function checkLength(field: string, list: readonly unknown[] | null | undefined): void {
  if (!list || list.length <= INPUT_LIST_MAX) return;
  throw new InvalidInputError(
    field,
    `Cannot take ${field} as it must have at most ${INPUT_LIST_MAX} items: it has ${list.length}`,
    INPUT_LIST_MAX,
  );
}
