/** Name of a part of the week with a model section of its own, as `business` or `weekend_night`. */
export type Period = string;

/** The section of a model that serves any period that has no forest of its own. */
export const ANY_PERIOD = "any";

/** The period of instants that no rule of a calendar covers. */
export const GAP_PERIOD = "GAP";

/** One rule: from these days' local `from` until `to`; `to` at or before `from` runs into the next day. */
export interface PeriodRule {
  readonly period: Period;
  /** ISO days, 1 = Monday … 7 = Sunday, on which the rule starts. */
  readonly days: readonly number[];
  /** Local civil time as minutes after midnight, 0 to 1439. */
  readonly fromMinute: number;
  /** Minutes after midnight, 1 to 1440, or at or before `fromMinute` for the next day. */
  readonly toMinute: number;
}

/** What a holiday does: its hours count as the weekend's, or nothing is judged. */
export type HolidayRule = "weekend" | "suppress";

/** A tenant's week as data. Instants that no rule covers are in the period `GAP`. */
export interface PeriodCalendar {
  readonly rules: readonly PeriodRule[];
  /** Local dates `YYYY-MM-DD`. */
  readonly holidays?: Readonly<Record<string, HolidayRule>>;
}

/**
 * The offsets of one IANA zone between two instants. Runtimes carry different zone data, so these
 * are made once at the gateway and everyone computes local time from them.
 */
export interface ZoneTransitions {
  readonly zone: string;
  /** First instant covered, ms. Before it the first offset holds, after `until` the last one. */
  readonly from: number;
  readonly until: number;
  /** Ascending instants at which `offsetMinutes[i]` begins; `at[0]` is `from`. */
  readonly at: readonly number[];
  readonly offsetMinutes: readonly number[];
}
