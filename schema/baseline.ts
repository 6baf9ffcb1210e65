import {
  type Baseline,
  findBaseline,
  listBaselines,
  listBaselinesOfDevices,
  loadBaselines,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connectChild } from "./core/child_connection.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { DeviceRef } from "./device.ts";
import { optionalRowId, rowIdOf } from "./core/global_id.ts";
import { MetricRef } from "./metric.ts";

export const BaselineRef = builder.loadableNodeRef("Baseline", {
  id: { resolve: (baseline: Baseline) => baseline.id },
  load: (ids: string[], ctx) => loadBaselines(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

const QuantilesRef = builder
  .objectRef<Baseline["stats"]["quantiles"]>("BaselineQuantiles").implement({
    description: "Values below which this percentage of the values is.",
    fields: (t) => ({
      p01: t.exposeFloat("p01", { description: "1 %." }),
      p05: t.exposeFloat("p05", { description: "5 %." }),
      p25: t.exposeFloat("p25", { description: "25 %." }),
      p75: t.exposeFloat("p75", { description: "75 %." }),
      p95: t.exposeFloat("p95", { description: "95 %." }),
      p99: t.exposeFloat("p99", { description: "99 %." }),
    }),
  });

const StatsRef = builder.objectRef<Baseline["stats"]>("BaselineStats").implement({
  description: "Expected value and spread, in the metric's unit.",
  fields: (t) => ({
    count: t.exposeInt("count", { description: "Values that it is made of." }),
    median: t.exposeFloat("median", { description: "The expected value." }),
    mad: t.exposeFloat("mad", { description: "Median absolute deviation from the median." }),
    mean: t.exposeFloat("mean", { description: "Arithmetic mean." }),
    min: t.exposeFloat("min", { description: "Least value." }),
    max: t.exposeFloat("max", { description: "Greatest value." }),
    quantiles: t.expose("quantiles", { type: QuantilesRef, description: "Its distribution." }),
  }),
});

BaselineRef.implement({
  description: "What is normal for a series in one period of the week.",
  fields: (t) => ({
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: "Whose series it is.",
      resolve: (baseline) => baseline.device_id,
    }),
    metric: t.field({
      type: MetricRef,
      description: "What is measured.",
      resolve: (baseline) => baseline.metric_id,
    }),
    period: t.exposeString("period", { description: "Name of the period, or `any`." }),
    stats: t.expose("stats", { type: StatsRef, description: "Expected value and spread." }),
    validFrom: t.expose("valid_from", {
      type: "DateTime",
      description: "End of the data that it is made of.",
    }),
    validTo: t.expose("valid_to", {
      type: "DateTime",
      nullable: true,
      description: "Since when another is in force.",
    }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was built." }),
    version: t.exposeInt("version", { description: "Grows with every baseline of its series." }),
  }),
});

const BaselineConnection = builder.connectionObject({
  type: BaselineRef,
  name: "BaselineConnection",
  description: "Baselines, newest first.",
});

const filterArgs = builder.args((t) => ({
  metricId: t.id({ description: "Only of this Metric." }),
  period: t.string({ description: "Only of this period." }),
  current: t.boolean({ description: "Only those in force." }),
}));

interface FilterArgs {
  readonly metricId?: string | null;
  readonly period?: string | null;
  readonly current?: boolean | null;
}

/** The filter as the domain takes it. */
function filterOf({ metricId, period, current: isCurrent }: FilterArgs) {
  return { metricId: optionalRowId("Metric", metricId, "metricId"), period, isCurrent };
}

const paging = {
  name: "baselines",
  keysetOf: (baseline: Baseline) => [baseline.valid_from, baseline.id],
};

builder.queryFields((t) => ({
  baseline: t.field({
    type: BaselineRef,
    nullable: true,
    description: "A baseline by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of a Baseline." }) },
    resolve: (_root, { id }, { tenant }) => findBaseline(tenant, rowIdOf("Baseline", id, "id")),
  }),
  baselines: t.field({
    type: BaselineConnection,
    description: "Baselines, newest first.",
    args: {
      ...pageArgs,
      deviceId: t.arg.id({ description: "Only of this Device." }),
      ...filterArgs,
    },
    complexity: pageCost,
    resolve: (_root, { deviceId, first, after, ...args }, ctx) => {
      const filter = { ...filterOf(args), deviceId: optionalRowId("Device", deviceId, "deviceId") };
      return connect(ctx, { first, after }, {
        ...paging,
        read: (range) => listBaselines(ctx.tenant, { ...range, ...filter }),
      });
    },
  }),
}));

builder.objectField(DeviceRef, "baselines", (t) =>
  t.field({
    type: BaselineConnection,
    description: "What is normal for it, newest first.",
    args: { ...pageArgs, ...filterArgs },
    complexity: pageCost,
    resolve: (device, { first, after, ...args }, ctx) => {
      const filter = filterOf(args);
      return connectChild(ctx, { first, after }, device.id, {
        ...paging,
        field: "Device.baselines",
        filter,
        read: (ids, range) => listBaselinesOfDevices(ctx.tenant, ids, { ...range, ...filter }),
      });
    },
  }));
