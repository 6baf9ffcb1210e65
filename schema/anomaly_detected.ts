import { type AnomalyRow, anomalyRow, type TreelineEvent } from "../domain/mod.ts";
import type { Anomaly } from "../scoring/incident/mod.ts";
import { AnomalyRef } from "./anomaly.ts";
import { anomalyFilter, anomalyFilterOf, passesAnomalyFilter } from "./anomaly_filter.ts";
import { builder } from "./core/builder.ts";
import { delivered, type Delivery, openStream } from "./core/stream.ts";

const AnomalyDelivery = builder.objectRef<Delivery<AnomalyRow>>("AnomalyDetected").implement({
  description: "An anomaly that was found, or a heartbeat.",
  fields: (t) => ({
    cursor: t.expose("cursor", { type: "Cursor", description: "To go on behind this." }),
    at: t.expose("at", { type: "DateTime", description: "When it was recorded." }),
    node: t.expose("node", {
      type: AnomalyRef,
      nullable: true,
      description: "The anomaly; null in a heartbeat, that only moves the cursor on.",
    }),
  }),
});

builder.subscriptionField("anomalyDetected", (t) =>
  t.field({
    type: AnomalyDelivery,
    description: "Every anomaly once, in the order in which they were recorded.",
    args: {
      after: t.arg({ type: "Cursor", description: "Where to go on; from now on if not given." }),
      filter: t.arg({ type: anomalyFilter, description: "Only these." }),
    },
    subscribe: (_root, { after, filter: input }, ctx) => {
      const filter = anomalyFilterOf(input);
      return openStream(ctx, {
        after,
        types: ["anomaly.detected"],
        select: (event) => {
          const anomaly = anomalyOf(event);
          return passesAnomalyFilter(filter, anomaly) ? anomaly : undefined;
        },
      });
    },
    resolve: delivered<AnomalyRow>,
  }));

/** The event's payload by the names that a list of anomalies has; the detector's name is looked up. */
function anomalyOf({ payload, tenantId, at: createdAt }: TreelineEvent): AnomalyRow {
  return anomalyRow(payload as Anomaly, { tenantId, detectorName: "", createdAt });
}
