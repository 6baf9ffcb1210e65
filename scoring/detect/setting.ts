import type { PeriodCalendar, ZoneTransitions } from "../time/mod.ts";
import type { IncidentPolicy } from "../incident/mod.ts";
import type { SeverityProfile } from "./judge/verdict.ts";

/** What may change while a model stays; versioned and signed by the gateway. */
export interface Setting {
  readonly version: number;
  readonly detectorId: string;
  readonly entityId: string;
  readonly severityProfile: SeverityProfile;
  /** Threshold in force per section; a section that is not named keeps its fitted one. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  readonly incidents: IncidentPolicy;
}
