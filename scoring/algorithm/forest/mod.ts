/** Isolation forests under the contract. */
export { extendedIsolationForest } from "./extended_isolation_forest.ts";
export { isolationForest } from "./isolation_forest.ts";
