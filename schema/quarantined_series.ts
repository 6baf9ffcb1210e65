import {
  acceptQuarantinedSeries,
  dismissQuarantinedSeries,
  listQuarantinedSeries,
  loadQuarantinedSeries,
  type MetricDataType,
  type QuarantinedSeries,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { MetricDataTypeEnum } from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { rowIdOf } from "./core/global_id.ts";

const SenderKindEnum = builder.enumType("SenderKind", {
  description: "In which words a sender names its series.",
  values: {
    PROMETHEUS: { value: "prometheus", description: "Prometheus remote write." },
    OTLP: { value: "otlp", description: "OpenTelemetry." },
    INFLUX: { value: "influx", description: "Influx line protocol." },
    TOPIC: { value: "topic", description: "Topics of brokers." },
  } as const,
});

const QuarantinedSeriesRef = builder.loadableNodeRef("QuarantinedSeries", {
  id: { resolve: (series: QuarantinedSeries) => series.id },
  load: (ids: string[], ctx) => loadQuarantinedSeries(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

QuarantinedSeriesRef.implement({
  description: "A series under a device or metric that is not known; its points are kept out.",
  fields: (t) => ({
    edge: t.exposeString("edge_id", {
      nullable: true,
      description: "Name of the edge that keeps it out; null for the gateway itself.",
    }),
    device: t.exposeString("device", { description: "What its device would be called." }),
    metric: t.exposeString("metric", { description: "What its metric would be called." }),
    unit: t.exposeString("unit", { description: "Empty where nobody states one." }),
    dataType: t.field({
      type: MetricDataTypeEnum,
      description: "How its values would be read.",
      resolve: ({ kind }) => kind as MetricDataType,
    }),
    source: t.field({
      type: SenderKindEnum,
      nullable: true,
      description: "Where it comes from; null where a point named device and metric itself.",
      resolve: ({ origin }) => origin?.source,
    }),
    name: t.string({
      nullable: true,
      description: "How its sender names it.",
      resolve: ({ origin }) => origin?.name,
    }),
    labels: t.field({
      type: "JSON",
      nullable: true,
      description: "Its labels, the topic among them, and what else mapping rules may use.",
      resolve: ({ origin }) => origin?.labels,
    }),
    points: t.exposeFloat("points", { description: "Points that were kept out." }),
    firstSeenAt: t.expose("first_seen_at", {
      type: "DateTime",
      description: "When the first of them came.",
    }),
    lastSeenAt: t.expose("last_seen_at", {
      type: "DateTime",
      description: "When the last of them came.",
    }),
    lastAt: t.expose("last_at", { type: "DateTime", description: "Time of the last point." }),
    lastValue: t.exposeFloat("last_value", { description: "Value of the last point." }),
    dismissedAt: t.expose("dismissed_at", {
      type: "DateTime",
      nullable: true,
      description: "When a person said that it should not be listed; null while it is.",
    }),
    dismissedBy: t.exposeString("dismissed_by", {
      nullable: true,
      description: "Name of the key that said so.",
    }),
  }),
});

const QuarantinedSeriesConnection = builder.connectionObject({
  type: QuarantinedSeriesRef,
  name: "QuarantinedSeriesConnection",
  description: "Series in quarantine, newest first.",
});

builder.queryField("quarantinedSeries", (t) =>
  t.field({
    type: QuarantinedSeriesConnection,
    description: "Series whose points the gateway and edges keep out, newest first.",
    args: {
      ...pageArgs,
      edge: t.arg.string({ description: "Only what the edge of this name keeps out." }),
      dismissed: t.arg.boolean({ description: "Those that were dismissed, in place of the rest." }),
    },
    complexity: pageCost,
    resolve: (_root, { edge: edgeId, dismissed: isDismissed, ...page }, ctx) =>
      connect(ctx, page, {
        name: "quarantinedSeries",
        read: (range) => listQuarantinedSeries(ctx.tenant, { ...range, edgeId, isDismissed }),
        keysetOf: (series) => [series.first_seen_at, series.id],
      }),
  }));

const AcceptQuarantinedSeriesInput = builder.inputType("AcceptQuarantinedSeriesInput", {
  description: "A series to take from now on.",
  fields: (t) => ({ id: t.id({ required: true, description: "Id of the QuarantinedSeries." }) }),
});

const DismissQuarantinedSeriesInput = builder.inputType("DismissQuarantinedSeriesInput", {
  description: "A series to list no more.",
  fields: (t) => ({ id: t.id({ required: true, description: "Id of the QuarantinedSeries." }) }),
});

builder.mutationFields((t) => ({
  acceptQuarantinedSeries: t.field({
    type: QuarantinedSeriesRef,
    description: "Makes the device and metric of a series: points that come from now on are taken.",
    authScopes: { engineer: true },
    errors: outcome("quarantinedSeries"),
    args: {
      input: t.arg({ type: AcceptQuarantinedSeriesInput, required: true, description: "Which." }),
    },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("QuarantinedSeries", input.id, "id");
      return ctx.commit(() => acceptQuarantinedSeries(ctx.tenant, id, ctx));
    },
  }),
  dismissQuarantinedSeries: t.field({
    type: QuarantinedSeriesRef,
    description: "Lists a series no more; its points stay out.",
    authScopes: { engineer: true },
    errors: outcome("quarantinedSeries"),
    args: {
      input: t.arg({ type: DismissQuarantinedSeriesInput, required: true, description: "Which." }),
    },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("QuarantinedSeries", input.id, "id");
      const deps = { now: ctx.now, by: ctx.principal.name };
      return ctx.commit(() => dismissQuarantinedSeries(ctx.tenant, id, deps));
    },
  }),
}));
