/** Methods of detection under one contract: what they need, what they give, and their list. */
export * from "./algorithm.ts";
export { readParameters } from "./parameters.ts";
export { ALGORITHMS, findAlgorithm } from "./registry.ts";
export * from "./classical/mod.ts";
export * from "./streams/mod.ts";
export * from "./trend/mod.ts";
