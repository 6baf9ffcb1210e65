/** Telemetry of a made-up fleet with anomalies whose times and kinds are known; the same seed, the same bytes. */
export {
  DEVICES_MAX,
  type FleetOptions,
  makeDevice,
  makeFleet,
  SYNTHETIC_BUCKET_MS,
  SYNTHETIC_START_AT,
  type SyntheticDevice,
} from "./fleet.ts";
export {
  INJECTION_KINDS,
  INJECTION_SIZES,
  type InjectionKind,
  type InjectionSize,
} from "./injection_kinds.ts";
export type { SyntheticLabel } from "./schedule.ts";
export { SYNTHETIC_METRICS, type SyntheticMetric } from "./metrics.ts";
