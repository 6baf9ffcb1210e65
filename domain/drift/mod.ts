export {
  type DetectorDriftPolicy,
  DRIFT_REACTIONS,
  type DriftPolicyInput,
  type DriftReaction,
} from "./drift_policy.ts";
export * from "./drift_reports.ts";
export { REFIT_SPAN_MS, refitSpanStart } from "./refit.ts";
