import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  cholesky,
  createRandom,
  solveCholesky,
  solveLower,
  symmetricEigen,
} from "../../../scoring/numeric/mod.ts";

/** A random symmetric positive definite matrix. */
function definite(size: number): Float64Array {
  const random = createRandom(size);
  const factor = Float64Array.from({ length: size * size }, () => random.nextFloat() - 0.5);
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      for (let k = 0; k < size; k++) {
        matrix[row * size + column] += factor[row * size + k] * factor[column * size + k];
      }
      if (row === column) matrix[row * size + column] += 0.1;
    }
  }
  return matrix;
}

for (const size of [1, 2, 5, 20]) {
  Deno.test(`eigenvectors of a ${size} × ${size} matrix are stretched by their values`, () => {
    const matrix = definite(size);
    const { values, vectors } = symmetricEigen(matrix, size);
    for (let k = 0; k < size; k++) {
      assert(k === 0 || values[k] <= values[k - 1]);
      const vector = vectors.subarray(k * size, (k + 1) * size);
      assertAlmostEquals(vector.reduce((sum, value) => sum + value * value, 0), 1, 1e-12);
      for (let row = 0; row < size; row++) {
        let product = 0;
        for (let i = 0; i < size; i++) product += matrix[row * size + i] * vector[i];
        assertAlmostEquals(product, values[k] * vector[row], 1e-12);
      }
    }
  });

  Deno.test(`a ${size} × ${size} system is solved by its Cholesky factor`, () => {
    const matrix = definite(size);
    const lower = cholesky(matrix, size)!;
    const solution = Float64Array.from({ length: size }, (_, k) => k - 1.5);
    const right = new Float64Array(size);
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < size; k++) right[row] += matrix[row * size + k] * solution[k];
    }
    const half = right.slice();
    let form = 0;
    for (let k = 0; k < size; k++) form += right[k] * solution[k];
    solveLower(lower, size, half);
    assertAlmostEquals(half.reduce((sum, value) => sum + value * value, 0), form, 1e-9);
    solveCholesky(lower, size, right);
    right.forEach((value, k) => assertAlmostEquals(value, solution[k], 1e-9));
  });
}

Deno.test("eigenvalues of a diagonal matrix are its diagonal, the greatest first", () => {
  const { values } = symmetricEigen(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3);
  assertEquals(values, Float64Array.of(3, 2, 1));
});

Deno.test("a matrix that is not positive definite has no Cholesky factor", () => {
  for (const matrix of [[1, 1, 1, 1], [1, 2, 2, 1], [0, 0, 0, 1], [NaN, 0, 0, 1]]) {
    assertEquals(cholesky(Float64Array.from(matrix), 2), undefined);
  }
});

Deno.test("a column that is another's double is lifted when asked", () => {
  const lower = cholesky(Float64Array.of(4, 8, 8, 16), 2, 9);
  assertEquals(lower, Float64Array.of(2, 0, 4, 3));
});
