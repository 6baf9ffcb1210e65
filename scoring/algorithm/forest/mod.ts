/** Isolation forests under the contract. */
export { extendedIsolationForest } from "./extended_isolation_forest.ts";
export { AXIS_FOREST, growAxisForest, growObliqueForest, OBLIQUE_FOREST } from "./grow.ts";
export { isolationForest } from "./isolation_forest.ts";
