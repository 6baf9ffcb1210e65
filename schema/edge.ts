import { type Edge, findEdge, listEdges } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { EdgeStatusEnum } from "./core/enums.ts";

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
