import {
  findMetricByName,
  listSeries,
  listTelemetry,
  type Series,
  type TelemetrySample,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, type PageArgs, pageArgs } from "./core/connection.ts";
import type { Context } from "./core/context.ts";
import { DeviceRef } from "./device.ts";
import { rowIdOf } from "./core/global_id.ts";
import { PAGE_SIZE_DEFAULT, TELEMETRY_PAGE_SIZE_MAX } from "./core/limits.ts";
import { MetricRef } from "./metric.ts";

const SeriesRef = builder.objectRef<Series>("Series").implement({
  description: "One metric of one device; there from its first point on.",
  fields: (t) => ({
    device: t.field({
      type: DeviceRef,
      description: "Where it is measured.",
      resolve: (series) => series.device_id,
    }),
    metric: t.field({
      type: MetricRef,
      description: "What is measured.",
      resolve: (series) => series.metric_id,
    }),
    lastAt: t.expose("last_at", {
      type: "DateTime",
      nullable: true,
      description: "Event time of the newest stored point.",
    }),
  }),
});

const TelemetryPointRef = builder.objectRef<TelemetrySample>("TelemetryPoint").implement({
  description: "One value of a series.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Event time." }),
    value: t.exposeFloat("value", { description: "The value, in the metric's unit." }),
    late: t.boolean({
      description: "Whether it came too late to be judged.",
      resolve: (point) => point.late === 1,
    }),
  }),
});

const TelemetryConnection = builder.connectionObject({
  type: TelemetryPointRef,
  name: "TelemetryConnection",
  description: "Points of one series by event time.",
});

const rangeArgs = builder.args((t) => ({
  from: t.field({ type: "DateTime", description: "First instant." }),
  to: t.field({ type: "DateTime", description: "Instant to end before." }),
}));

interface TelemetryArgs extends PageArgs {
  readonly from?: number | null;
  readonly to?: number | null;
}

/** A point costs a fraction of what a row of a noun does: its page is one range of one index. */
function telemetryCost({ first }: TelemetryArgs): { field: number; multiplier: number } {
  return { field: 1, multiplier: Math.max((first ?? PAGE_SIZE_DEFAULT) / 5, 1) };
}

function telemetryOf(
  ctx: Context,
  { from, to, ...page }: TelemetryArgs,
  deviceId: string,
  metricId: string,
) {
  return connect(ctx, page, {
    name: "telemetry",
    sizeMax: TELEMETRY_PAGE_SIZE_MAX,
    read: (range) => listTelemetry(ctx.tenant, { ...range, deviceId, metricId, from, until: to }),
    keysetOf: (point) => [point.at],
  });
}

builder.objectFields(DeviceRef, (t) => ({
  series: t.loadableGroup({
    type: SeriesRef,
    description: "What it has sent so far, one series for each metric.",
    load: (deviceIds: string[], ctx) => listSeries(ctx.tenant, deviceIds),
    group: (series) => series.device_id,
    resolve: (device) => device.id,
    loaderOptions: { cache: false },
  }),
  telemetry: t.field({
    type: TelemetryConnection,
    nullable: true,
    description:
      `Points of one of its series, at most ${TELEMETRY_PAGE_SIZE_MAX} a page; null for an unknown metric.`,
    args: {
      metric: t.arg.string({ required: true, description: "The metric's name." }),
      ...rangeArgs,
      ...pageArgs,
    },
    complexity: telemetryCost,
    resolve: async (device, { metric: name, ...args }, ctx) => {
      const metric = await findMetricByName(ctx.tenant, name);
      return metric ? telemetryOf(ctx, args, device.id, metric.id) : null;
    },
  }),
}));

builder.queryField("telemetry", (t) =>
  t.field({
    type: TelemetryConnection,
    description: `Points of a series, at most ${TELEMETRY_PAGE_SIZE_MAX} a page.`,
    args: {
      deviceId: t.arg.id({ required: true, description: "Id of a Device." }),
      metricId: t.arg.id({ required: true, description: "Id of a Metric." }),
      ...rangeArgs,
      ...pageArgs,
    },
    complexity: telemetryCost,
    resolve: (_root, { deviceId, metricId, ...args }, ctx) =>
      telemetryOf(
        ctx,
        args,
        rowIdOf("Device", deviceId, "deviceId"),
        rowIdOf("Metric", metricId, "metricId"),
      ),
  }));
