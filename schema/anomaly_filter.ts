import type { AnomalyFilter, AnomalyRow } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { SeverityEnum } from "./core/enums.ts";
import { optionalRowId } from "./core/global_id.ts";

export const anomalyFilter = builder.inputType("AnomalyFilter", {
  description: "Which anomalies; all that is given must hold.",
  fields: (t) => ({
    deviceId: t.id({ description: "Of this Device." }),
    detectorId: t.id({ description: "Of this Detector." }),
    severities: t.field({ type: [SeverityEnum], description: "Of one of these severities." }),
    from: t.field({ type: "DateTime", description: "At or after this event time." }),
    to: t.field({ type: "DateTime", description: "Before this event time." }),
  }),
});

/** The filter as the domain takes it. */
export function anomalyFilterOf(
  filter: typeof anomalyFilter.$inferInput | null | undefined,
): AnomalyFilter {
  const { deviceId, detectorId, severities, from, to } = filter ?? {};
  return {
    deviceId: optionalRowId("Device", deviceId, "filter.deviceId"),
    detectorId: optionalRowId("Detector", detectorId, "filter.detectorId"),
    severities,
    from,
    until: to,
  };
}

/** Whether an anomaly is one that the filter lets through, as a list with it would. */
export function passesAnomalyFilter(filter: AnomalyFilter, anomaly: AnomalyRow): boolean {
  const { deviceId, detectorId, severities, from, until } = filter;
  return (!deviceId || anomaly.device_id === deviceId) &&
    (!detectorId || anomaly.detector_id === detectorId) &&
    (!severities || severities.includes(anomaly.severity)) &&
    (typeof from !== "number" || anomaly.at >= from) &&
    (typeof until !== "number" || anomaly.at < until);
}
