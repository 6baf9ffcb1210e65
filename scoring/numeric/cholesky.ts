/** Share of a diagonal entry below which what is left of it is rounding. */
const PIVOT_MIN = 1e-12;

/**
 * Lower triangle L with L·Lᵀ = matrix, row after row; `undefined` when the matrix is not positive
 * definite to working precision.
 *
 * @param matrix size × size symmetric numbers, of which the lower half is read.
 * @param lift Where given, what is left of a diagonal entry counts as it where nothing is: columns
 * that are constant or sums of others then have this variance of their own.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array | undefined;
export function cholesky(matrix: Float64Array, size: number, lift: number): Float64Array;
export function cholesky(
  matrix: Float64Array,
  size: number,
  lift?: number,
): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  const isLifted = new Uint8Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * size + column];
      for (let k = 0; k < column; k++) rest -= lower[row * size + k] * lower[column * size + k];
      if (column < row) {
        lower[row * size + column] = isLifted[column] ? 0 : rest / lower[column * size + column];
      } else if (rest > PIVOT_MIN * matrix[row * size + row]) {
        lower[row * size + row] = Math.sqrt(rest);
      } else if (lift !== undefined) {
        lower[row * size + row] = Math.sqrt(lift);
        isLifted[row] = 1;
      } else {
        return undefined;
      }
    }
  }
  return lower;
}

/** Solves L·Lᵀ·x = right in place, with L of `cholesky`. */
export function solveCholesky(lower: Float64Array, size: number, right: Float64Array): void {
  solveLower(lower, size, right);
  for (let row = size - 1; row >= 0; row--) {
    let rest = right[row];
    for (let k = row + 1; k < size; k++) rest -= lower[k * size + row] * right[k];
    right[row] = rest / lower[row * size + row];
  }
}

/** Solves L·x = right in place: |x|² is then rightᵀ·(L·Lᵀ)⁻¹·right. */
export function solveLower(lower: Float64Array, size: number, right: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let rest = right[row];
    for (let k = 0; k < row; k++) rest -= lower[row * size + k] * right[k];
    right[row] = rest / lower[row * size + row];
  }
}
