import type { IncidentFilter, IncidentRow } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { IncidentStateEnum, SeverityEnum } from "./core/enums.ts";
import { optionalRowId } from "./core/global_id.ts";

export const incidentFilter = builder.inputType("IncidentFilter", {
  description: "Which incidents; all that is given must hold.",
  fields: (t) => ({
    deviceId: t.id({ description: "Of this Device." }),
    detectorId: t.id({ description: "Of this Detector." }),
    states: t.field({ type: [IncidentStateEnum], description: "In one of these states." }),
    severities: t.field({ type: [SeverityEnum], description: "Of one of these severities." }),
    from: t.field({ type: "DateTime", description: "Opened at or after this event time." }),
    to: t.field({ type: "DateTime", description: "Opened before this event time." }),
  }),
});

/** The filter as the domain takes it. */
export function incidentFilterOf(
  filter: typeof incidentFilter.$inferInput | null | undefined,
): IncidentFilter {
  const { deviceId, detectorId, states, severities, from, to } = filter ?? {};
  return {
    deviceId: optionalRowId("Device", deviceId, "filter.deviceId"),
    detectorId: optionalRowId("Detector", detectorId, "filter.detectorId"),
    states,
    severities,
    from,
    until: to,
  };
}

/** Whether an incident is one that the filter lets through, as a list with it would. */
export function passesIncidentFilter(filter: IncidentFilter, incident: IncidentRow): boolean {
  const { deviceId, detectorId, states, severities, from, until } = filter;
  return (!deviceId || incident.device_id === deviceId) &&
    (!detectorId || incident.detector_id === detectorId) &&
    (!states || states.includes(incident.state)) &&
    (!severities || severities.includes(incident.severity)) &&
    (typeof from !== "number" || incident.opened_at >= from) &&
    (typeof until !== "number" || incident.opened_at < until);
}
