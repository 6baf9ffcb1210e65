import {
  acknowledgeIncident,
  findIncident,
  type IncidentRow,
  listAnomaliesOfIncidents,
  listIncidents,
  listIncidentsOfDevices,
  listIncidentTimelines,
  loadIncidents,
  resolveIncident,
  silenceIncident,
  type TimelineEntry,
} from "../domain/mod.ts";
import { AnomalyConnection, anomalyPaging, AnomalyRef } from "./anomaly.ts";
import { builder } from "./core/builder.ts";
import { connectChild } from "./core/child_connection.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { DetectorRef } from "./detector.ts";
import { DeviceRef } from "./device.ts";
import {
  AnomalyKindEnum,
  DirectionEnum,
  IncidentActionEnum,
  IncidentStateEnum,
  SeverityEnum,
} from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { rowIdOf } from "./core/global_id.ts";
import { incidentFilter, incidentFilterOf } from "./incident_filter.ts";

export const IncidentRef = builder.loadableNodeRef("Incident", {
  id: { resolve: (incident: IncidentRow) => incident.id },
  load: (ids: string[], ctx) => loadIncidents(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

const PatternMetricRef = builder
  .objectRef<IncidentRow["pattern"][number]>("PatternMetric").implement({
    description: "A metric of an incident's pattern.",
    fields: (t) => ({
      metric: t.exposeString("metric", { description: "Name of the metric." }),
      direction: t.expose("direction", { type: DirectionEnum, description: "Where it went." }),
    }),
  });

const TimelineEntryRef = builder.objectRef<TimelineEntry>("IncidentStep").implement({
  description: "One step of an incident's life, with what the incident was after it.",
  fields: (t) => ({
    action: t.field({
      type: IncidentActionEnum,
      description: "What happened.",
      resolve: ({ change }) => change.action,
    }),
    at: t.field({
      type: "DateTime",
      description: "Event time of the bucket that caused it, or when a person did it.",
      resolve: ({ change }) => change.at,
    }),
    recordedAt: t.expose("at", { type: "DateTime", description: "When it was recorded." }),
    state: t.field({
      type: IncidentStateEnum,
      description: "State after it.",
      resolve: ({ change }) => change.incident.state,
    }),
    severity: t.field({
      type: SeverityEnum,
      description: "Severity after it.",
      resolve: ({ change }) => change.incident.severity,
    }),
    anomalyCount: t.int({
      description: "Anomalous buckets so far.",
      resolve: ({ change }) => change.incident.anomalyCount,
    }),
  }),
});

const TimelineConnection = builder.connectionObject({
  type: TimelineEntryRef,
  name: "IncidentTimelineConnection",
  description: "Steps of an incident, oldest first, as far back as events are kept.",
});

IncidentRef.implement({
  description: "One occurrence of a pattern of anomalies, from its first bucket to its end.",
  fields: (t) => ({
    device: t.field({
      type: DeviceRef,
      description: "Where it is.",
      resolve: (incident) => incident.device_id,
    }),
    detector: t.field({
      type: DetectorRef,
      description: "Who found it.",
      resolve: (incident) => incident.detector_id,
    }),
    state: t.expose("state", { type: IncidentStateEnum, description: "Where it is in its life." }),
    severity: t.expose("severity", { type: SeverityEnum, description: "The worst so far." }),
    kind: t.expose("kind", { type: AnomalyKindEnum, description: "What it is about." }),
    fingerprint: t.exposeString("fingerprint", { description: "Names its pattern." }),
    pattern: t.field({
      type: [PatternMetricRef],
      description: "The metrics that carry it.",
      resolve: (incident) => [...incident.pattern],
    }),
    peakScore: t.exposeFloat("peak_score", { description: "The worst score so far." }),
    peakAt: t.expose("peak_at", { type: "DateTime", description: "When that was." }),
    openedAt: t.expose("opened_at", { type: "DateTime", description: "First anomalous bucket." }),
    lastAt: t.expose("last_at", { type: "DateTime", description: "Last anomalous bucket." }),
    confirmedAt: t.expose("confirmed_at", {
      type: "DateTime",
      nullable: true,
      description: "When it became more than a suspicion.",
    }),
    resolvedAt: t.expose("resolved_at", {
      type: "DateTime",
      nullable: true,
      description: "When it was over.",
    }),
    closedAt: t.expose("closed_at", {
      type: "DateTime",
      nullable: true,
      description: "When it was over for good.",
    }),
    acknowledgedAt: t.expose("acknowledged_at", {
      type: "DateTime",
      nullable: true,
      description: "When a person had seen it.",
    }),
    acknowledgedBy: t.exposeString("acknowledged_by", {
      nullable: true,
      description: "Name of the API key that did.",
    }),
    silencedUntil: t.expose("silenced_until", {
      type: "DateTime",
      nullable: true,
      description: "Until when nobody wants to hear of it.",
    }),
    silencedBy: t.exposeString("silenced_by", {
      nullable: true,
      description: "Name of the API key that said so.",
    }),
    anomalyCount: t.exposeInt("anomaly_count", { description: "Anomalous buckets so far." }),
    version: t.exposeInt("version", { description: "Grows with every change." }),
    anomalies: t.field({
      type: AnomalyConnection,
      description: "Its anomalous buckets, newest first.",
      args: pageArgs,
      complexity: pageCost,
      resolve: (incident, page, ctx) =>
        connectChild(ctx, page, incident.id, {
          ...anomalyPaging,
          field: "Incident.anomalies",
          read: (ids, range) => listAnomaliesOfIncidents(ctx.tenant, ids, range),
        }),
    }),
    timeline: t.field({
      type: TimelineConnection,
      description: "What happened to it, oldest first.",
      args: pageArgs,
      complexity: pageCost,
      resolve: (incident, page, ctx) =>
        connectChild(ctx, page, incident.id, {
          name: "timeline",
          field: "Incident.timeline",
          read: (ids, range) => listIncidentTimelines(ctx.tenant, ids, range),
          keysetOf: (entry) => [entry.seq],
        }),
    }),
  }),
});

builder.objectField(AnomalyRef, "incident", (t) =>
  t.field({
    type: IncidentRef,
    description: "The incident that it is part of.",
    resolve: (anomaly) => anomaly.incident_id,
  }));

const IncidentConnection = builder.connectionObject({
  type: IncidentRef,
  name: "IncidentConnection",
  description: "Incidents, newest first.",
});

const paging = {
  name: "incidents",
  keysetOf: (incident: IncidentRow) => [incident.opened_at, incident.id],
};

builder.queryFields((t) => ({
  incident: t.field({
    type: IncidentRef,
    nullable: true,
    description: "An incident by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of an Incident." }) },
    resolve: (_root, { id }, { tenant }) => findIncident(tenant, rowIdOf("Incident", id, "id")),
  }),
  incidents: t.field({
    type: IncidentConnection,
    description: "Incidents, newest first.",
    args: {
      ...pageArgs,
      filter: t.arg({ type: incidentFilter, description: "Only these." }),
    },
    complexity: pageCost,
    resolve: (_root, { filter, ...page }, ctx) =>
      connect(ctx, page, {
        ...paging,
        read: (range) => listIncidents(ctx.tenant, { ...range, ...incidentFilterOf(filter) }),
      }),
  }),
}));

builder.objectField(DeviceRef, "incidents", (t) =>
  t.field({
    type: IncidentConnection,
    description: "What happened there, newest first.",
    args: pageArgs,
    complexity: pageCost,
    resolve: (device, page, ctx) =>
      connectChild(ctx, page, device.id, {
        ...paging,
        field: "Device.incidents",
        read: (ids, range) => listIncidentsOfDevices(ctx.tenant, ids, range),
      }),
  }));

const IncidentInput = builder.inputType("IncidentInput", {
  description: "An incident to do something with.",
  fields: (t) => ({ id: t.id({ required: true, description: "Id of the Incident." }) }),
});

const SilenceInput = builder.inputType("SilenceIncidentInput", {
  description: "An incident, and for how long nobody wants to hear of it.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Id of the Incident." }),
    until: t.field({
      type: "DateTime",
      description: "Within 90 days from now; without it the silence ends.",
    }),
  }),
});

builder.mutationFields((t) => ({
  acknowledgeIncident: t.field({
    type: IncidentRef,
    description: "Says that a person has seen the incident; the first one stays named.",
    authScopes: { responder: true },
    errors: outcome("incident"),
    args: { input: t.arg({ type: IncidentInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Incident", input.id, "id");
      const action = { by: ctx.principal.name, at: ctx.now() };
      return ctx.commit(() => acknowledgeIncident(ctx.tenant, id, action));
    },
  }),
  silenceIncident: t.field({
    type: IncidentRef,
    description:
      "Says that nobody wants to hear of the incident for a time; it goes on all the same.",
    authScopes: { responder: true },
    errors: outcome("incident"),
    args: { input: t.arg({ type: SilenceInput, required: true, description: "Which, how long." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Incident", input.id, "id");
      const until = input.until ?? null;
      const action = { by: ctx.principal.name, at: ctx.now(), until };
      return ctx.commit(() => silenceIncident(ctx.tenant, id, action));
    },
  }),
  resolveIncident: t.field({
    type: IncidentRef,
    description: "Says that the incident is over; the same pattern soon after reopens it.",
    authScopes: { responder: true },
    errors: outcome("incident"),
    args: { input: t.arg({ type: IncidentInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Incident", input.id, "id");
      const action = { by: ctx.principal.name, at: ctx.now() };
      return ctx.commit(() => resolveIncident(ctx.tenant, id, action));
    },
  }),
}));
