import { type IncidentRow, incidentRow } from "../domain/mod.ts";
import type { IncidentAction, IncidentChange } from "../scoring/incident/mod.ts";
import { builder } from "./core/builder.ts";
import { IncidentActionEnum } from "./core/enums.ts";
import { IncidentRef } from "./incident.ts";
import { incidentFilter, incidentFilterOf, passesIncidentFilter } from "./incident_filter.ts";
import { delivered, type Delivery, openStream } from "./core/stream.ts";

interface ChangedIncident {
  readonly action: IncidentAction;
  readonly incident: IncidentRow;
}

const IncidentDelivery = builder
  .objectRef<Delivery<ChangedIncident>>("IncidentChanged").implement({
    description: "A step of an incident's life, or a heartbeat.",
    fields: (t) => ({
      cursor: t.expose("cursor", { type: "Cursor", description: "To go on behind this." }),
      at: t.expose("at", { type: "DateTime", description: "When it was recorded." }),
      action: t.field({
        type: IncidentActionEnum,
        nullable: true,
        description: "What happened; null in a heartbeat.",
        resolve: ({ node }) => node?.action,
      }),
      node: t.field({
        type: IncidentRef,
        nullable: true,
        description:
          "The incident as it was after it; null in a heartbeat, that only moves the cursor on.",
        resolve: ({ node }) => node?.incident,
      }),
    }),
  });

builder.subscriptionField("incidentChanged", (t) =>
  t.field({
    type: IncidentDelivery,
    description: "Every step of every incident once, in the order in which they were recorded.",
    args: {
      after: t.arg({ type: "Cursor", description: "Where to go on; from now on if not given." }),
      filter: t.arg({ type: incidentFilter, description: "Only incidents that are so by then." }),
      actions: t.arg({ type: [IncidentActionEnum], description: "Only these steps." }),
    },
    subscribe: (_root, { after, filter: input, actions }, ctx) => {
      const filter = incidentFilterOf(input);
      return openStream(ctx, {
        after,
        types: ["incident.changed"],
        select: (event): ChangedIncident | undefined => {
          const { action, incident: snapshot } = event.payload as IncidentChange;
          const incident = incidentRow(event.tenantId, snapshot);
          if (actions && !actions.includes(action)) return undefined;
          return passesIncidentFilter(filter, incident) ? { action, incident } : undefined;
        },
      });
    },
    resolve: delivered<ChangedIncident>,
  }));
