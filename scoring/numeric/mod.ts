/** Arithmetic that gives the same bits in every engine. */
export { exp2 } from "./exp2.ts";
export { exp, tanh } from "./exp.ts";
export { type Eigen, symmetricEigen } from "./eigen.ts";
export { chiSquareBelow, chiSquareQuantile } from "./chi_square.ts";
export { cholesky, solveCholesky, solveLower } from "./cholesky.ts";
export { ln, log2 } from "./ln.ts";
export { ANGLE_MAX, cos, sin } from "./sin_cos.ts";
export { float32At, nextDown, nextUp } from "./float32.ts";
export { gaussLegendre, type Quadrature } from "./gauss_legendre.ts";
export { createRandom, type Random } from "./random.ts";
export { createSampler, type Sampler } from "./sampler.ts";
export { median, medianAbsoluteDeviation, quantile, quantileOfSizes } from "./quantile.ts";
export { fromHex, toHex } from "./hex.ts";
export { createSortedValues, type SortedValues, toFloat32 } from "./sorted_values.ts";
export { groupBy } from "./group.ts";
