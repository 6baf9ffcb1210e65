import type { Edge } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { delivered, type Delivery, openStream } from "./core/stream.ts";
import { EdgeRef } from "./edge.ts";

const EdgeDelivery = builder.objectRef<Delivery<Edge>>("EdgeChanged").implement({
  description: "News of an edge, or a heartbeat.",
  fields: (t) => ({
    cursor: t.expose("cursor", { type: "Cursor", description: "To go on behind this." }),
    at: t.expose("at", { type: "DateTime", description: "When it was recorded." }),
    node: t.expose("node", {
      type: EdgeRef,
      nullable: true,
      description: "The edge as it was then; null in a heartbeat, that only moves the cursor on.",
    }),
  }),
});

builder.subscriptionField("edgeChanged", (t) =>
  t.field({
    type: EdgeDelivery,
    description:
      "Edges that are new, begin anew, fall silent or come back, and once a minute how far each is.",
    args: {
      after: t.arg({ type: "Cursor", description: "Where to go on; from now on if not given." }),
      name: t.arg.string({ description: "Only the edge of this name." }),
    },
    subscribe: (_root, { after, name }, ctx) => {
      const edgeId = name?.normalize("NFC");
      return openStream(ctx, {
        after,
        types: ["edge.changed"],
        select: ({ subjectId, payload }) =>
          edgeId === undefined || edgeId === subjectId ? payload as Edge : undefined,
      });
    },
    resolve: delivered<Edge>,
  }));
