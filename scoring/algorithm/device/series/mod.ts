/** What methods for series are made of: finite memories, all functions of the rows they hold. */
export { createRowRing, type RowRing } from "./row_ring.ts";
export { exponentialKernel, smoothRows } from "./smoothing_kernel.ts";
export { createSmoothedRows } from "./smoothed_rows.ts";
export { medianOfThree } from "./median_of_three.ts";
export { createSeasonBand, firstSeasonRow, seasonLookback, seasonRingRows } from "./season_band.ts";
export { type ColumnRange, fitColumnRange, noveltyOf } from "./column_range.ts";
export { createRunningMedian, type RunningMedian } from "./running_median.ts";
export {
  type ColumnScale,
  DEVIATIONS_PER_MAD,
  fitRobustScale,
  SCALED_MAX,
} from "./robust_scale.ts";
export { fitMomentScale } from "./moment_scale.ts";
export { createScaledRows, HELD_ROWS_MAX, type ScaledRows, scaleRows } from "./scaled_rows.ts";
export { DAY_ROWS_MAX, findDayRows } from "./day_rows.ts";
