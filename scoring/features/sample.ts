/** A value of one of the plan's metrics at an event time. */
export interface Sample {
  /** Index into `plan.metrics`. */
  readonly metric: number;
  readonly at: number;
  /** NaN and infinities are ignored. */
  readonly value: number;
}
