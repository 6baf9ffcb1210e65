import type { PeriodCalendar, ZoneTransitions } from "../../../time/mod.ts";
import type { ForwardingPolicy } from "../protocol.ts";

/** What is assigned to a device, as far as it says what goes up. */
export interface DeviceRules {
  /** By which periods values are kept apart. */
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  /** By metric id, of those that detectors do not want raw. */
  readonly policies: ReadonlyMap<string, ForwardingPolicy>;
  /** Ids of the metrics whose sketches are of rates. */
  readonly counters: ReadonlySet<string>;
}
