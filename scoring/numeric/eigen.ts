/** Eigenvalues of a symmetric matrix, greatest first, with their vectors of length 1. */
export interface Eigen {
  readonly values: Float64Array;
  /** Vector k is at `vectors[k · size …]`. */
  readonly vectors: Float64Array;
}

/** Each sweep squares what is left off the diagonal; seven are the usual need for 100 columns. */
const SWEEPS_MAX = 30;

/**
 * Eigenvalues and vectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan,
 * Matrix Computations, 8.5), which find small eigenvalues to as many digits as large ones.
 *
 * @param matrix size × size finite numbers, row after row; the upper half is read.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice();
  const rows = identity(size);
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let rotations = 0;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        if (rotate(a, rows, size, p, q)) rotations++;
      }
    }
    if (rotations === 0) break;
  }
  return sorted(a, rows, size);
}

/** Makes a[p, q] zero; false where it is nothing beside its diagonal. */
function rotate(
  a: Float64Array,
  rows: Float64Array,
  size: number,
  p: number,
  q: number,
): boolean {
  const off = a[p * size + q];
  const first = a[p * size + p];
  const second = a[q * size + q];
  // 2⁻⁵³ of the geometric mean: a rotation by less does not change any digit of the values.
  if (Math.abs(off) <= 1.1102230246251565e-16 * Math.sqrt(Math.abs(first * second))) {
    a[p * size + q] = 0;
    return false;
  }
  const ratio = (second - first) / (2 * off);
  const sign = ratio < 0 ? -1 : 1;
  const tangent = sign / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = tangent * cosine;
  a[p * size + p] = first - tangent * off;
  a[q * size + q] = second + tangent * off;
  a[p * size + q] = 0;
  const turn = (x: Float64Array, i: number, j: number) => {
    const left = x[i];
    const right = x[j];
    x[i] = cosine * left - sine * right;
    x[j] = sine * left + cosine * right;
  };
  for (let k = 0; k < p; k++) turn(a, k * size + p, k * size + q);
  for (let k = p + 1; k < q; k++) turn(a, p * size + k, k * size + q);
  for (let k = q + 1; k < size; k++) turn(a, p * size + k, q * size + k);
  for (let k = 0; k < size; k++) turn(rows, p * size + k, q * size + k);
  return true;
}

function sorted(a: Float64Array, rows: Float64Array, size: number): Eigen {
  const order = Array.from({ length: size }, (_, k) => k)
    .sort((left, right) => a[right * size + right] - a[left * size + left] || left - right);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) =>
    vectors.set(rows.subarray(from * size, (from + 1) * size), to * size)
  );
  return { values: Float64Array.from(order, (k) => a[k * size + k]), vectors };
}

function identity(size: number): Float64Array {
  const rows = new Float64Array(size * size);
  for (let k = 0; k < size; k++) rows[k * size + k] = 1;
  return rows;
}
