import {
  type AnomalyRow,
  type BaselineKey,
  baselinesInForce,
  findAnomaly,
  listAnomalies,
  listAnomaliesOfDevices,
  loadAnomalies,
} from "../domain/mod.ts";
import { type NormalRow, sklearnDecision, sklearnScoreSamples } from "../scoring/detect/mod.ts";
import { BaselineRef } from "./baseline.ts";
import { anomalyFilter, anomalyFilterOf } from "./anomaly_filter.ts";
import { builder } from "./core/builder.ts";
import { connectChild } from "./core/child_connection.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { COUNTERFACTUAL_COST } from "./core/limits.ts";
import { DetectorRef } from "./detector.ts";
import { DeviceRef } from "./device.ts";
import { AnomalyKindEnum, SeverityEnum } from "./core/enums.ts";
import { rowIdOf } from "./core/global_id.ts";
import { ModelRef } from "./model.ts";

export const AnomalyRef = builder.loadableNodeRef("Anomaly", {
  id: { resolve: (anomaly: AnomalyRow) => anomaly.id },
  load: (ids: string[], ctx) => loadAnomalies(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

const ContributionRef = builder
  .objectRef<AnomalyRow["contributions"][number]>("Contribution").implement({
    description: "What one feature adds to a verdict.",
    fields: (t) => ({
      feature: t.exposeString("feature", { description: "`metric.transform(window)`." }),
      metric: t.exposeString("metric", { description: "Name of the metric." }),
      value: t.exposeFloat("value", { description: "The feature's value." }),
      expected: t.exposeFloat("expected", {
        description: "What the method expected, else its median in the training rows.",
      }),
      pathLength: t.exposeFloat("pathLength", {
        description: "Path length that it takes away, in edges: positive is more anomalous.",
      }),
      share: t.exposeFloat("share", { description: "Share of all that speaks for an anomaly." }),
    }),
  });

const FeatureChangeRef = builder
  .objectRef<NormalRow["changes"][number]>("FeatureChange").implement({
    description: "A feature with another value.",
    fields: (t) => ({
      feature: t.exposeString("feature", { description: "`metric.transform(window)`." }),
      metric: t.exposeString("metric", { description: "Name of the metric." }),
      from: t.exposeFloat("from", { description: "Its value in the row that was judged." }),
      to: t.exposeFloat("to", { description: "Its value in the row that is normal." }),
    }),
  });

const CounterfactualRef = builder.objectRef<NormalRow>("Counterfactual").implement({
  description: "The nearest row that the model takes for normal.",
  fields: (t) => ({
    changes: t.field({
      type: [FeatureChangeRef],
      description: "One or two, all else as it was.",
      resolve: ({ changes }) => [...changes],
    }),
    score: t.exposeFloat("score", { description: "Of the changed row, at most the threshold." }),
  }),
});

AnomalyRef.implement({
  description: "A bucket of a device whose score passed the threshold.",
  fields: (t) => ({
    device: t.field({
      type: DeviceRef,
      description: "Where it was.",
      resolve: (anomaly) => anomaly.device_id,
    }),
    detector: t.field({
      type: DetectorRef,
      description: "Who found it.",
      resolve: (anomaly) => anomaly.detector_id,
    }),
    model: t.field({
      type: ModelRef,
      nullable: true,
      description: "The model that judged.",
      resolve: (anomaly) => anomaly.model_id,
    }),
    at: t.expose("at", { type: "DateTime", description: "Start of the bucket." }),
    kind: t.expose("kind", { type: AnomalyKindEnum, description: "What it is about." }),
    severity: t.expose("severity", { type: SeverityEnum, description: "How bad it is." }),
    score: t.exposeFloat("score", { description: "In (0, 1], higher is worse." }),
    threshold: t.exposeFloat("threshold", { description: "Score past which it is an anomaly." }),
    tail: t.exposeFloat("tail", { description: "Probability of a normal bucket as bad as this." }),
    confidence: t.exposeFloat("confidence", { description: "How sure the verdict is, 0 to 1." }),
    period: t.exposeString("period", { description: "Period of the week that it is in." }),
    modelPeriod: t.exposeString("model_period", { description: "Period of the forest used." }),
    settingVersion: t.exposeInt("setting_version", { description: "Of the detector's setting." }),
    topMetric: t.exposeString("top_metric", { description: "Name of the leading metric." }),
    value: t.exposeFloat("value", { description: "Its value." }),
    expected: t.exposeFloat("expected", { description: "The value that was expected." }),
    baseline: t.loadable({
      type: BaselineRef,
      nullable: true,
      description: "What was normal for the leading metric then; null while there was no baseline.",
      load: (keys: string[], ctx) =>
        baselinesInForce(ctx.tenant, keys.map((key) => JSON.parse(key))),
      resolve: ({ device_id: deviceId, top_metric: metric, period, at }) =>
        JSON.stringify({ deviceId, metric, period, at } satisfies BaselineKey),
      loaderOptions: { cache: false },
    }),
    fingerprint: t.exposeString("fingerprint", { description: "Names its pattern." }),
    contributions: t.field({
      type: [ContributionRef],
      description: "What each feature adds, largest first.",
      resolve: (anomaly) => [...anomaly.contributions],
    }),
    counterfactual: t.loadable({
      type: CounterfactualRef,
      nullable: true,
      description:
        "The smallest change of one or two features with which the model's verdict would " +
        "have been normal; null where none is found, and for models that are no forests.",
      complexity: COUNTERFACTUAL_COST,
      load: (ids: string[], ctx) => ctx.normalRows(ids),
      resolve: (anomaly) => anomaly.id,
      loaderOptions: { cache: false },
    }),
    sklearnScoreSamples: t.float({
      description: "The score on scikit-learn's scale: higher is better.",
      resolve: (anomaly) => sklearnScoreSamples(anomaly.score),
    }),
    sklearnDecision: t.float({
      description: "The decision function on scikit-learn's scale: negative is anomalous.",
      resolve: (anomaly) => sklearnDecision(anomaly.threshold, anomaly.score),
    }),
  }),
});

export const AnomalyConnection = builder.connectionObject({
  type: AnomalyRef,
  name: "AnomalyConnection",
  description: "Anomalies, newest first.",
});

/** How anomalies are paged, wherever they are listed. */
export const anomalyPaging = {
  name: "anomalies",
  keysetOf: (anomaly: AnomalyRow) => [anomaly.at, anomaly.id],
};

builder.queryFields((t) => ({
  anomaly: t.field({
    type: AnomalyRef,
    nullable: true,
    description: "An anomaly by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of an Anomaly." }) },
    resolve: (_root, { id }, { tenant }) => findAnomaly(tenant, rowIdOf("Anomaly", id, "id")),
  }),
  anomalies: t.field({
    type: AnomalyConnection,
    description: "Anomalies, newest first.",
    args: {
      ...pageArgs,
      filter: t.arg({ type: anomalyFilter, description: "Only these." }),
    },
    complexity: pageCost,
    resolve: (_root, { filter, ...page }, ctx) =>
      connect(ctx, page, {
        ...anomalyPaging,
        read: (range) => listAnomalies(ctx.tenant, { ...range, ...anomalyFilterOf(filter) }),
      }),
  }),
}));

builder.objectField(DeviceRef, "anomalies", (t) =>
  t.field({
    type: AnomalyConnection,
    description: "What was found there, newest first.",
    args: pageArgs,
    complexity: pageCost,
    resolve: (device, page, ctx) =>
      connectChild(ctx, page, device.id, {
        ...anomalyPaging,
        field: "Device.anomalies",
        read: (ids, range) => listAnomaliesOfDevices(ctx.tenant, ids, range),
      }),
  }));
