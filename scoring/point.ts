/** One value of one metric of one device at one event time, as every source yields it. */
export interface TelemetryPoint {
  /** The tenant's own name of the device. */
  readonly device: string;
  /** The tenant's own name of the metric. */
  readonly metric: string;
  /** Event time in milliseconds since 1970-01-01T00:00:00Z, an integer. */
  readonly at: number;
  /** A finite number. */
  readonly value: number;
}
