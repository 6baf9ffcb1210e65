/** Whether what is watched, its scores or the worth of its alerts differ from when a model was fitted. */
export * from "./false_discovery.ts";
export { kolmogorovSmirnov, type SampleComparison } from "./kolmogorov_smirnov.ts";
export * from "./monitor.ts";
export * from "./performance.ts";
export * from "./policy.ts";
export {
  type DriftReference,
  type DriftReferenceOptions,
  type DriftRow,
  fitDriftReference,
  REFERENCE_WINDOWS_MIN,
  type ReferenceColumn,
  windowsOf,
} from "./reference.ts";
export * from "./severity.ts";
