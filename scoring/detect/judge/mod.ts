/** From a model and a row to a verdict. */
export * from "./forest_row.ts";
export * from "./judge.ts";
export * from "./score_vectors.ts";
export * from "./sections.ts";
export * from "./severity.ts";
export * from "./sklearn.ts";
export { BORROWED_CONFIDENCE } from "./tell.ts";
export * from "./verdict.ts";
