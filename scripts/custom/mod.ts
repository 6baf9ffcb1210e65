/** Algorithms that are not ours: modules and HTTP endpoints that the operator names. */
export type { CustomSource } from "./broker.ts";
export { type CustomAlgorithm, openCustomAlgorithm } from "./custom_algorithm.ts";
export { CUSTOM_LIMITS, type CustomLimits } from "./limits.ts";
export { CUSTOM_SETTINGS, type CustomAlgorithms, openNamedAlgorithms } from "./named.ts";
