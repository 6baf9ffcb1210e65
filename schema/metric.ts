import {
  createMetric,
  findMetric,
  findMetricByName,
  listMetrics,
  loadMetrics,
  type Metric,
  type MetricDataType,
  updateMetric,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { MetricDataTypeEnum } from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { rowIdOf } from "./core/global_id.ts";

export const MetricRef = builder.loadableNodeRef("Metric", {
  id: { resolve: (metric: Metric) => metric.id },
  load: (ids: string[], ctx) => loadMetrics(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

MetricRef.implement({
  description: "Definition of something that is measured.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The tenant's own name, unique." }),
    category: t.exposeString("category", { description: "What it is about, as `cpu`." }),
    unit: t.exposeString("unit", { description: "Empty for a plain number." }),
    dataType: t.field({
      type: MetricDataTypeEnum,
      description: "How its values are read.",
      resolve: (metric) => metric.data_type as MetricDataType,
    }),
    isStandard: t.boolean({
      description: "Whether it is of the product's own catalogue.",
      resolve: (metric) => metric.is_standard === 1,
    }),
    minValue: t.exposeFloat("min_value", {
      nullable: true,
      description: "Smallest value that is taken.",
    }),
    maxValue: t.exposeFloat("max_value", {
      nullable: true,
      description: "Greatest value that is taken.",
    }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was made." }),
    version: t.exposeInt("version", { description: "Grows with every change." }),
  }),
});

export const MetricConnection = builder.connectionObject({
  type: MetricRef,
  name: "MetricConnection",
  description: "Metrics by name.",
});

builder.queryFields((t) => ({
  metric: t.field({
    type: MetricRef,
    nullable: true,
    description: "A metric by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of a Metric." }) },
    resolve: (_root, { id }, { tenant }) => findMetric(tenant, rowIdOf("Metric", id, "id")),
  }),
  metricByName: t.field({
    type: MetricRef,
    nullable: true,
    description: "A metric by the tenant's own name.",
    args: { name: t.arg.string({ required: true, description: "As telemetry names it." }) },
    resolve: (_root, { name }, { tenant }) => findMetricByName(tenant, name),
  }),
  metrics: t.field({
    type: MetricConnection,
    description: "All metrics.",
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, page, ctx) =>
      connect(ctx, page, {
        name: "metrics",
        read: (range) => listMetrics(ctx.tenant, range),
        keysetOf: (metric) => [metric.name, metric.id],
      }),
  }),
}));

const CreateMetricInput = builder.inputType("CreateMetricInput", {
  description: "A new metric.",
  fields: (t) => ({
    name: t.string({ required: true, description: "The tenant's own name, unique." }),
    category: t.string({ description: "What it is about, as `cpu`; `system` where not given." }),
    unit: t.string({ description: "Empty for a plain number." }),
    dataType: t.field({
      type: MetricDataTypeEnum,
      description: "How its values are read; GAUGE where not given.",
    }),
    minValue: t.float({ description: "Smallest value that is taken." }),
    maxValue: t.float({ description: "Greatest value that is taken." }),
  }),
});

const UpdateMetricInput = builder.inputType("UpdateMetricInput", {
  description:
    "What to change of a metric; a field that is left out stays. Name and data type are for good.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Id of the Metric." }),
    category: t.string({ description: "What it is about." }),
    unit: t.string({ description: "Empty for a plain number." }),
    minValue: t.float({ description: "Smallest value that is taken; null lifts it." }),
    maxValue: t.float({ description: "Greatest value that is taken; null lifts it." }),
    expectedVersion: t.int({ description: "Refuse when the metric has another version by now." }),
  }),
});

builder.mutationFields((t) => ({
  createMetric: t.field({
    type: MetricRef,
    description: "Makes a metric.",
    authScopes: { engineer: true },
    errors: outcome("metric"),
    args: { input: t.arg({ type: CreateMetricInput, required: true, description: "The metric." }) },
    resolve: (_root, { input }, ctx) => ctx.commit(() => createMetric(ctx.tenant, input, ctx)),
  }),
  updateMetric: t.field({
    type: MetricRef,
    description: "Changes a metric.",
    authScopes: { engineer: true },
    errors: outcome("metric"),
    args: { input: t.arg({ type: UpdateMetricInput, required: true, description: "The change." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Metric", input.id, "id");
      return ctx.commit(() => updateMetric(ctx.tenant, id, input, ctx));
    },
  }),
}));
