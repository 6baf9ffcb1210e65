/** Why a row has its score: in parts that add up, over many rows, and what would change it. */
export { type Attribution, explainRow } from "./path_attribution.ts";
export { shapRow } from "./shap.ts";
export { featureImportance } from "./importance.ts";
export {
  type Counterfactual,
  counterfactual,
  type CounterfactualOptions,
} from "./counterfactual.ts";
export type { FeatureRange } from "./feature_steps.ts";
