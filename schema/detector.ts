import {
  createDetector,
  type Detector,
  findDetector,
  findDetectorByName,
  listDetectors,
  loadDetectors,
  updateDetector,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import {
  CreateDetectorInput,
  detectorPatchOf,
  newDetectorOf,
  UpdateDetectorInput,
} from "./detector_input.ts";
import { DeviceRef } from "./device.ts";
import {
  DriftReactionEnum,
  ForwardingEnum,
  SeverityProfileEnum,
  ThresholdModeEnum,
  TransformEnum,
} from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { rowIdOf } from "./core/global_id.ts";
import { loadKnown } from "./core/known_rows.ts";

export const DetectorRef = builder.loadableNodeRef("Detector", {
  id: { resolve: (detector: Detector) => detector.id },
  load: (ids: string[], ctx) => loadKnown(ctx, ids, loadDetectors),
  loaderOptions: { cache: false },
});

const ScopeRef = builder.objectRef<Detector["scope"]>("DetectorScope").implement({
  description: "Which devices a detector watches.",
  fields: (t) => ({
    kind: t.exposeString("kind", { description: "DEVICE, COHORT or TENANT." }),
    devices: t.field({
      type: [DeviceRef],
      nullable: { list: true, items: true },
      description: "Of the kind DEVICE.",
      resolve: (scope) => scope.kind === "DEVICE" ? [...scope.deviceIds] : null,
    }),
    cohort: t.string({
      nullable: true,
      description: "Of the kind COHORT.",
      resolve: (scope) => scope.kind === "COHORT" ? scope.cohort : null,
    }),
  }),
});

const FeatureRef = builder
  .objectRef<Detector["feature_plan"]["features"][number]>("Feature").implement({
    description: "One column of the vectors that are judged.",
    fields: (t) => ({
      metric: t.exposeString("metric", { description: "Empty for features of the calendar." }),
      transform: t.field({
        type: TransformEnum,
        description: "How it is made.",
        resolve: (feature) => feature.transform,
      }),
      window: t.int({
        nullable: true,
        description: "Buckets, or days for SEASONAL_RESIDUAL.",
        resolve: (feature) => feature.window,
      }),
    }),
  });

const FeaturePlanRef = builder.objectRef<Detector["feature_plan"]>("FeaturePlan").implement({
  description: "What turns a device's points into the vectors that are judged.",
  fields: (t) => ({
    bucket: t.expose("bucketMs", { type: "Duration", description: "Width of a bucket." }),
    metrics: t.stringList({
      description: "Names of the metrics that it uses.",
      resolve: (plan) => plan.metrics.map(({ name }) => name),
    }),
    features: t.field({
      type: [FeatureRef],
      description: "The columns, in their order.",
      resolve: (plan) => [...plan.features],
    }),
  }),
});

const PolicyRef = builder.objectRef<Detector["incident_policy"]>("IncidentPolicy").implement({
  description: "When a suspicion becomes an incident, and when one ends.",
  fields: (t) => ({
    confirmBuckets: t.exposeInt("confirmBuckets", { description: "Anomalous buckets that open." }),
    graceBuckets: t.exposeInt("graceBuckets", { description: "Normal buckets that resolve." }),
    separation: t.expose("separationMs", {
      type: "Duration",
      description: "Time within which the same pattern reopens.",
    }),
  }),
});

const DriftPolicyRef = builder.objectRef<Detector["drift_policy"]>("DriftPolicy").implement({
  description: "What counts as drift, and what follows from it.",
  fields: (t) => ({
    distance: t.exposeFloat("distanceMin", {
      description: "Kolmogorov-Smirnov distance from which a difference matters, in (0, 1).",
    }),
    windowBuckets: t.int({
      nullable: true,
      description: "Buckets of a window; null for a quarter of a day, at least 48.",
      resolve: (policy) => policy.windowBuckets,
    }),
    onDrift: t.expose("onDrift", { type: DriftReactionEnum, description: "What follows." }),
  }),
});

DetectorRef.implement({
  description: "A definition of what to watch and how.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Unique in the tenant." }),
    scope: t.expose("scope", { type: ScopeRef, description: "Which devices it watches." }),
    featurePlan: t.expose("feature_plan", { type: FeaturePlanRef, description: "What it sees." }),
    algorithm: t.exposeString("algorithm", { description: "The method." }),
    parameters: t.expose("parameters", {
      type: "JSON",
      description: "All of the algorithm's parameters by name, and `seed`.",
    }),
    thresholdMode: t.expose("threshold_mode", {
      type: ThresholdModeEnum,
      description: "Where a fit puts the threshold.",
    }),
    contamination: t.exposeFloat("contamination", {
      description: "Expected share of anomalous rows, for the mode CONTAMINATION.",
    }),
    pagesPerWeek: t.exposeFloat("pages_per_week", {
      description: "Incidents that a device may open a week, for the mode BUDGET.",
    }),
    severityProfile: t.expose("severity_profile", {
      type: SeverityProfileEnum,
      description: "Which excess has which severity.",
    }),
    incidentPolicy: t.expose("incident_policy", {
      type: PolicyRef,
      description: "How anomalies become incidents.",
    }),
    forwarding: t.expose("forwarding", {
      type: ForwardingEnum,
      description: "What stand-alone edges send of its metrics. A metric goes up as the detector " +
        "that wants most of it says, and whole where none watches it.",
    }),
    driftPolicy: t.expose("drift_policy", {
      type: DriftPolicyRef,
      description: "What counts as drift, and what follows from it.",
    }),
    refitEvery: t.expose("refit_every_ms", {
      type: "Duration",
      nullable: true,
      description: "Time after which it is fitted to its newest month; null for never by itself.",
    }),
    enabled: t.boolean({
      description: "Whether it judges.",
      resolve: (detector) => detector.enabled === 1,
    }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was made." }),
    version: t.exposeInt("version", { description: "Grows with every change." }),
  }),
});

const DetectorConnection = builder.connectionObject({
  type: DetectorRef,
  name: "DetectorConnection",
  description: "Detectors by name.",
});

builder.queryFields((t) => ({
  detector: t.field({
    type: DetectorRef,
    nullable: true,
    description: "A detector by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of a Detector." }) },
    resolve: (_root, { id }, { tenant }) => findDetector(tenant, rowIdOf("Detector", id, "id")),
  }),
  detectorByName: t.field({
    type: DetectorRef,
    nullable: true,
    description: "A detector by its name.",
    args: { name: t.arg.string({ required: true, description: "Name of a detector." }) },
    resolve: (_root, { name }, { tenant }) => findDetectorByName(tenant, name),
  }),
  detectors: t.field({
    type: DetectorConnection,
    description: "All detectors.",
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, page, ctx) =>
      connect(ctx, page, {
        name: "detectors",
        read: (range) => listDetectors(ctx.tenant, range),
        keysetOf: (detector) => [detector.name, detector.id],
      }),
  }),
}));

builder.mutationFields((t) => ({
  createDetector: t.field({
    type: DetectorRef,
    description: "Makes a detector; fit it to have models.",
    authScopes: { engineer: true },
    errors: outcome("detector"),
    args: {
      input: t.arg({ type: CreateDetectorInput, required: true, description: "The detector." }),
    },
    resolve: (_root, { input }, ctx) => {
      const detector = newDetectorOf(input);
      return ctx.commit(() => createDetector(ctx.tenant, detector, ctx));
    },
  }),
  updateDetector: t.field({
    type: DetectorRef,
    description:
      "Changes a detector; all but scope, forwarding and enabled holds from the next fit on.",
    authScopes: { engineer: true },
    errors: outcome("detector"),
    args: {
      input: t.arg({ type: UpdateDetectorInput, required: true, description: "The change." }),
    },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Detector", input.id, "id");
      const patch = detectorPatchOf(input);
      return ctx.commit(() => updateDetector(ctx.tenant, id, patch, ctx));
    },
  }),
}));
