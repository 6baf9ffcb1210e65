import {
  listSeries,
  listTelemetry,
  listTelemetryOfDevices,
  type Series,
  type TelemetrySample,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { loadChildPage } from "./core/child_connection.ts";
import { connect, connectionOf, type PageArgs, pageArgs } from "./core/connection.ts";
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

/** A point costs a fraction of what a row of a noun does: its page is one range of one index. */
function telemetryCost({ first }: PageArgs): { field: number; multiplier: number } {
  return { field: 1, multiplier: Math.max((first ?? PAGE_SIZE_DEFAULT) / 5, 1) };
}

const paging = {
  name: "telemetry",
  sizeMax: TELEMETRY_PAGE_SIZE_MAX,
  keysetOf: (point: TelemetrySample) => [point.at],
};

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
    resolve: async (device, { metric, from, to: until, ...args }, ctx) => {
      const filter = { metric, from, until };
      const page = await loadChildPage(ctx, args, device.id, {
        ...paging,
        field: "Device.telemetry",
        filter,
        read: (ids, range) => listTelemetryOfDevices(ctx.tenant, ids, { ...range, ...filter }),
      });
      return page ? connectionOf(ctx, args, paging, page) : null;
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
    resolve: (_root, { from, to: until, first, after, ...ids }, ctx) => {
      const deviceId = rowIdOf("Device", ids.deviceId, "deviceId");
      const metricId = rowIdOf("Metric", ids.metricId, "metricId");
      return connect(ctx, { first, after }, {
        ...paging,
        read: (range) => listTelemetry(ctx.tenant, { ...range, deviceId, metricId, from, until }),
      });
    },
  }));
