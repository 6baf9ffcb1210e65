/** Rows against a regression on the rows before and against the same time of the days before. */
export { fitResidualModel } from "./residual_fit.ts";
export { readResidualModel, type ResidualModel, writeResidualModel } from "./residual_model.ts";
export { createResidualWatch, residualWatchLookback } from "./residual_watch.ts";
