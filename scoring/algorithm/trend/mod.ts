/** Methods that expect the next row of a series, control charts and rules. */
export { ewma } from "./ewma.ts";
export { fourierTrend } from "./fourier_trend.ts";
export { ridgeVar } from "./ridge_var.ts";
export { stl } from "./stl.ts";
export * from "./rules/mod.ts";
