import type { FeatureVector } from "../../features/mod.ts";
import type { Matrix } from "../../forest/mod.ts";

/** Fewer rows than this make no model: an eighth of a forest's default subsample. */
export const MODEL_ROWS_MIN = 32;

/** There is not enough history to fit a model. */
export class TooFewRowsError extends Error {
  override readonly name = "TooFewRowsError";
  constructor(
    /** Rows found that can be learnt. */
    readonly rows: number,
    /** At least needed. */
    readonly wanted: number,
  ) {
    super(`Cannot fit model as ${wanted} complete rows are needed: found ${rows}`);
  }
}

/** @throws {TooFewRowsError} when there are fewer than 32. */
export function checkRows(learnt: { readonly length: number }): void {
  if (learnt.length < MODEL_ROWS_MIN) throw new TooFewRowsError(learnt.length, MODEL_ROWS_MIN);
}

/** Vectors as rows of a matrix; those that are not learnt are missing values. */
export function matrixOf(
  vectors: readonly FeatureVector[],
  columnCount: number,
  isLearnt: (vector: FeatureVector) => boolean = () => true,
): Matrix {
  const data = new Float32Array(vectors.length * columnCount);
  vectors.forEach((vector, row) => {
    const from = row * columnCount;
    if (isLearnt(vector)) data.set(vector.values, from);
    else data.fill(NaN, from, from + columnCount);
  });
  return { data, rowCount: vectors.length, columnCount };
}
