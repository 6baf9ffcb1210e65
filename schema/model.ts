import {
  findModel,
  listModels,
  listModelsOfDetectors,
  loadModelAliases,
  loadModels,
  type ModelRow,
  type SectionSummary,
} from "../domain/mod.ts";
import type { FeatureShare } from "../scoring/detect/mod.ts";
import { builder } from "./core/builder.ts";
import { connectChild } from "./core/child_connection.ts";
import { connect, pageArgs, pageCost, rangeOf } from "./core/connection.ts";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "./core/limits.ts";
import { DetectorRef } from "./detector.ts";
import { DeviceRef } from "./device.ts";
import { ThresholdModeEnum } from "./core/enums.ts";
import { optionalRowId, rowIdOf } from "./core/global_id.ts";

export const ModelRef = builder.loadableNodeRef("Model", {
  id: { resolve: (model: ModelRow) => model.id },
  load: (ids: string[], ctx) => loadModels(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

const SectionRef = builder.objectRef<SectionSummary>("ModelSection").implement({
  description: "The part of a model for one period of the week, or for `any`.",
  fields: (t) => ({
    period: t.exposeString("period", { description: "Name of the period, or `any`." }),
    rows: t.exposeInt("rows", { description: "Training rows." }),
    threshold: t.exposeFloat("threshold", { description: "Score past which a row is anomalous." }),
    saturation: t.exposeFloat("saturation", { description: "The worst score there can be." }),
  }),
});

const ProvenanceRef = builder
  .objectRef<ModelRow["summary"]["provenance"]>("ModelProvenance").implement({
    description: "What a model was made of: same data and seed, same model.",
    fields: (t) => ({
      algorithm: t.exposeString("algorithm", { description: "The method." }),
      parameters: t.expose("parameters", {
        type: "JSON",
        description: "All of the algorithm's parameters by name.",
      }),
      seed: t.exposeFloat("seed", { description: "Seed of all that is drawn." }),
      trainedFrom: t.expose("trainedFrom", { type: "DateTime", description: "First bucket." }),
      trainedUntil: t.expose("trainedUntil", { type: "DateTime", description: "Last bucket." }),
      rows: t.exposeInt("rows", { description: "Training rows." }),
      thresholdMode: t.expose("thresholdMode", {
        type: ThresholdModeEnum,
        description: "How the threshold was put.",
      }),
      contamination: t.exposeFloat("contamination", {
        description: "Expected share of anomalous rows.",
      }),
    }),
  });

const FeatureImportanceRef = builder.objectRef<FeatureShare>("FeatureImportance").implement({
  description: "How much a feature matters to a model's scores.",
  fields: (t) => ({
    feature: t.exposeString("feature", { description: "`metric.transform(window)`." }),
    metric: t.exposeString("metric", { description: "Name of the metric." }),
    share: t.exposeFloat("share", {
      description: "Its mean absolute part in the scores of training rows among all, 0 to 1.",
    }),
  }),
});

ModelRef.implement({
  description: "One fitted, immutable version of a detector for one device, cohort or tenant.",
  fields: (t) => ({
    label: t.exposeString("label", { description: "When it was fitted, for people." }),
    detector: t.field({
      type: DetectorRef,
      description: "What it is a version of.",
      resolve: (model) => model.detector_id,
    }),
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: "The device that it was fitted for, if it was for one.",
      resolve: (model) => model.entity_id,
    }),
    aliases: t.loadableList({
      type: "String",
      description: "What it is used for now: production, shadow, canary, archived.",
      load: (ids: string[], ctx) => loadModelAliases(ctx.tenant, ids),
      resolve: (model) => model.id,
      loaderOptions: { cache: false },
    }),
    bucket: t.field({
      type: "Duration",
      description: "Width of a bucket.",
      resolve: (model) => model.summary.bucketMs,
    }),
    features: t.stringList({
      description: "Names of its features, in their order.",
      resolve: (model) => [...model.summary.features],
    }),
    sections: t.field({
      type: [SectionRef],
      description: "Its parts by period; the first is `any`.",
      resolve: (model) => [...model.summary.sections],
    }),
    importance: t.field({
      type: [FeatureImportanceRef],
      nullable: true,
      description: "How much its features matter, the most important first; of forests alone.",
      args: {
        first: t.arg.int({
          description:
            `At most so many, 1 to ${PAGE_SIZE_MAX}; ${PAGE_SIZE_DEFAULT} where not given.`,
        }),
      },
      complexity: pageCost,
      resolve: ({ summary }, { first }, ctx) =>
        summary.importance?.slice(0, rangeOf(ctx, { first }, { name: "importance" }).first),
    }),
    provenance: t.field({
      type: ProvenanceRef,
      description: "What it was made of.",
      resolve: (model) => model.summary.provenance,
    }),
    bundleBytes: t.int({
      description: "Size of the signed bundle that edges load.",
      resolve: (model) => model.summary.bundleBytes,
    }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was fitted." }),
  }),
});

const ModelConnection = builder.connectionObject({
  type: ModelRef,
  name: "ModelConnection",
  description: "Models, newest first.",
});

const paging = {
  name: "models",
  keysetOf: (model: ModelRow) => [model.created_at, model.id],
};

builder.queryFields((t) => ({
  model: t.field({
    type: ModelRef,
    nullable: true,
    description: "A model by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of a Model." }) },
    resolve: (_root, { id }, { tenant }) => findModel(tenant, rowIdOf("Model", id, "id")),
  }),
  models: t.field({
    type: ModelConnection,
    description: "Models, newest first.",
    args: {
      ...pageArgs,
      detectorId: t.arg.id({ description: "Only of this Detector." }),
      deviceId: t.arg.id({ description: "Only for this Device." }),
    },
    complexity: pageCost,
    resolve: (_root, { detectorId, deviceId, ...page }, ctx) =>
      connect(ctx, page, {
        ...paging,
        read: (range) =>
          listModels(ctx.tenant, {
            ...range,
            detectorId: optionalRowId("Detector", detectorId, "detectorId"),
            entityId: optionalRowId("Device", deviceId, "deviceId"),
          }),
      }),
  }),
}));

builder.objectField(DetectorRef, "models", (t) =>
  t.field({
    type: ModelConnection,
    description: "Its fitted versions, newest first.",
    args: pageArgs,
    complexity: pageCost,
    resolve: (detector, page, ctx) =>
      connectChild(ctx, page, detector.id, {
        ...paging,
        field: "Detector.models",
        read: (ids, range) => listModelsOfDetectors(ctx.tenant, ids, range),
      }),
  }));
