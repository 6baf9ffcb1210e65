/** What methods share: the contract's checks, missing values, scales and bytes. */
export { checkBatch, checkTraining, checkWidth } from "./check.ts";
export { type FitInput, rowAlgorithm, type RowJudge, type RowMethod } from "./row_algorithm.ts";
export {
  momentScaling,
  readScaling,
  robustScaling,
  scaleOr,
  type Scaling,
  standardize,
  standardizedTable,
  writeScaling,
} from "./scaling.ts";
export { fillRow, finite, knownValues, type Table, tableOf, VALUE_MAX } from "./table.ts";
export { covariance } from "./moments.ts";
export { seededRows } from "./sample.ts";
export {
  seriesAlgorithm,
  type SeriesInput,
  type SeriesMethod,
  type SeriesWatch,
} from "./series_algorithm.ts";
