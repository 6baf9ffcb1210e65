import { type Edge, findEdge, listEdges } from "../domain/mod.ts";
import type {
  EdgeReport,
  RefusedMapping,
  RefusedModel,
  RunningModel,
} from "../scoring/edge/standalone/protocol.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { EdgeStatusEnum } from "./core/enums.ts";

const RefusedModelRef = builder.objectRef<RefusedModel>("RefusedModel").implement({
  description: "A model that an edge did not take.",
  fields: (t) => ({
    modelId: t.exposeString("modelId", { description: "Content hash of its bundle." }),
    detectorId: t.exposeString("detectorId", { description: "Its detector, by the stored id." }),
    code: t.exposeString("code", { description: "Why, as BUNDLE_SIGNATURE." }),
    message: t.exposeString("message", { description: "Why, in words." }),
  }),
});

const RunningModelRef = builder.objectRef<RunningModel>("RunningModel").implement({
  description: "A model at work at an edge.",
  fields: (t) => ({
    modelId: t.exposeString("modelId", { description: "Content hash of its bundle." }),
    detectorId: t.exposeString("detectorId", { description: "Its detector, by the stored id." }),
    deviceId: t.exposeString("deviceId", { description: "What it judges, by the stored id." }),
  }),
});

const RefusedMappingRef = builder.objectRef<RefusedMapping>("RefusedMapping").implement({
  description: "Mapping rules that an edge did not take.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Why, as MAPPING_SIGNATURE." }),
    message: t.exposeString("message", { description: "Why, in words." }),
  }),
});

const EdgeReportRef = builder.objectRef<EdgeReport>("EdgeReport").implement({
  description: "What an edge says of itself with each sync.",
  fields: (t) => ({
    version: t.exposeString("version", { description: "Of its software." }),
    forwarding: t.exposeString("forwarding", {
      description: "What it sends beside anomalies and incidents: all, aggregates or anomalies.",
    }),
    waitingItems: t.exposeInt("waitingItems", { description: "Items in its queue." }),
    waitingBytes: t.exposeFloat("waitingBytes", { description: "Bytes in its queue." }),
    pointsDropped: t.exposeFloat("pointsDropped", {
      description: "Raw points that its queue had no room for, since its file was made.",
    }),
    aggregatesDropped: t.exposeFloat("aggregatesDropped", {
      description: "Sketches that its queue had no room for.",
    }),
    itemsRefused: t.exposeFloat("itemsRefused", {
      description: "Items that were refused here or damaged there, and that it has set aside.",
    }),
    bytesSent: t.exposeFloat("bytesSent", { description: "Bytes of all its syncs." }),
    bytesSaved: t.exposeFloat("bytesSaved", {
      description: "Bytes that the points would have taken which it kept.",
    }),
    models: t.field({
      type: [RunningModelRef],
      description: "Models that judge there, the first 200.",
      resolve: ({ models = [] }) => [...models],
    }),
    refusedModels: t.field({
      type: [RefusedModelRef],
      description: "Models that it was assigned and did not take; the ones before them go on.",
      resolve: ({ refusedModels }) => [...refusedModels],
    }),
    mappingVersion: t.int({
      nullable: true,
      description: "Version of the mapping rules that it maps samples by; null without any.",
      resolve: ({ naming }) => naming?.mappingVersion,
    }),
    refusedMapping: t.field({
      type: RefusedMappingRef,
      nullable: true,
      description: "Mapping rules that it was given and did not take; those before go on.",
      resolve: ({ naming }) => naming?.refusedMapping,
    }),
    quarantinedSeries: t.int({
      description: "Series under unknown names that it keeps out.",
      resolve: ({ naming }) => naming?.quarantined.series ?? 0,
    }),
    quarantinedPoints: t.float({
      description: "Points of these series.",
      resolve: ({ naming }) => naming?.quarantined.points ?? 0,
    }),
    waitingPoints: t.float({
      description: "Points that wait there for their device or metric to be made here.",
      resolve: ({ naming }) => naming?.waiting.points ?? 0,
    }),
  }),
});

export const EdgeRef = builder.objectRef<Edge>("Edge").implement({
  description: "An edge that runs elsewhere: it judges there and sends here what it has found.",
  fields: (t) => ({
    name: t.exposeString("edge_id", { description: "Its own name, unique in the tenant." }),
    status: t.expose("status", { type: EdgeStatusEnum, description: "Whether it is heard of." }),
    lastSeenAt: t.expose("last_seen_at", {
      type: "DateTime",
      description: "When it last synced.",
    }),
    epoch: t.exposeString("epoch", {
      description: "Names the log that it numbers its items in; another one after a lost disk.",
    }),
    ackSeq: t.exposeInt("ack_seq", {
      description: "Items of this epoch that are stored here: all up to this one.",
    }),
    report: t.expose("report", {
      type: EdgeReportRef,
      nullable: true,
      description: "What it says of itself; null when it has not said anything.",
    }),
  }),
});

const EdgeConnection = builder.connectionObject({
  type: EdgeRef,
  name: "EdgeConnection",
  description: "Edges by name.",
});

builder.queryFields((t) => ({
  edge: t.field({
    type: EdgeRef,
    nullable: true,
    description: "An edge by its name.",
    args: { name: t.arg.string({ required: true, description: "Name of an edge." }) },
    resolve: (_root, { name }, ctx) => findEdge(ctx.tenant, name, ctx.now()),
  }),
  edges: t.field({
    type: EdgeConnection,
    description: "All edges that have synced.",
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, page, ctx) =>
      connect(ctx, page, {
        name: "edges",
        read: (range) => listEdges(ctx.tenant, range, ctx.now()),
        keysetOf: (edge) => [edge.edge_id],
      }),
  }),
}));
