export * from "./plan.ts";
export * from "./evaluator.ts";
export * from "./sample.ts";
export * from "./fold.ts";
export * from "./default_plan.ts";
export {
  featureName,
  featureNames,
  LOOKBACK_BUCKETS_MAX,
  lookbackBuckets,
  lookbackStart,
  PLAN_FEATURES_MAX,
  PLAN_METRICS_MAX,
  PLAN_STATE_MAX,
  validatePlan,
} from "./plan_rules.ts";
