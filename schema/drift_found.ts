import type { DriftReport } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { delivered, type Delivery, openStream } from "./core/stream.ts";
import { DriftReportRef } from "./drift_report.ts";

const DriftDelivery = builder.objectRef<Delivery<DriftReport>>("DriftFound").implement({
  description: "A drift that asks for action, or a heartbeat.",
  fields: (t) => ({
    cursor: t.expose("cursor", { type: "Cursor", description: "To go on behind this." }),
    at: t.expose("at", { type: "DateTime", description: "When it was recorded." }),
    node: t.expose("node", {
      type: DriftReportRef,
      nullable: true,
      description: "The report; null in a heartbeat, that only moves the cursor on.",
    }),
  }),
});

builder.subscriptionField("driftFound", (t) =>
  t.field({
    type: DriftDelivery,
    description: "Every drift that asks for action once, in the order in which they were recorded.",
    args: {
      after: t.arg({ type: "Cursor", description: "Where to go on; from now on if not given." }),
    },
    subscribe: (_root, { after }, ctx) =>
      openStream(ctx, {
        after,
        types: ["drift.found"],
        select: ({ payload }) => payload as DriftReport,
      }),
    resolve: delivered<DriftReport>,
  }));
