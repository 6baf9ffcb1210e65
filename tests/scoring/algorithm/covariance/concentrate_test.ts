import { assert, assertAlmostEquals } from "@std/assert";
import {
  concentrate,
  distanceParts,
  squaredDistance,
} from "../../../../scoring/algorithm/covariance/concentrate.ts";
import { robustCovariance } from "../../../../scoring/algorithm/covariance/mod.ts";
import { bellRows, matrixOf } from "../../forest/rows.ts";

const OPTIONS = { share: 0.75, steps: 10 };

/** Bell-shaped rows, of which the first tenth lies far off. */
function spoiltRows(columnCount: number): Float64Array {
  const { data } = bellRows(1000, columnCount, 2);
  return Float64Array.from(data, (value, i) => i < 100 * columnCount ? 6 + value / 10 : value);
}

Deno.test("concentration steps leave far rows behind", () => {
  const values = spoiltRows(3);
  const robust = concentrate(values, 3, OPTIONS);
  const plain = concentrate(values, 3, { ...OPTIONS, steps: 0 });
  for (let column = 0; column < 3; column++) {
    assertAlmostEquals(robust.mean[column], 0, 0.1);
    assert(plain.mean[column] > 0.5);
  }
});

Deno.test("all rows give their mean and their covariance, drawn towards a ball by a tenth", () => {
  const values = Float64Array.of(1, 0, -1, 0, 0, 2, 0, -2);
  const { mean, lower } = concentrate(values, 2, { share: 1, steps: 10 });
  // Variances 2/3 and 8/3, whose mean is 5/3.
  assertAlmostEquals(lower[0] ** 2, 0.9 * 2 / 3 + 0.1 * 5 / 3, 1e-12);
  assertAlmostEquals(lower[3] ** 2, 0.9 * 8 / 3 + 0.1 * 5 / 3, 1e-12);
  assertAlmostEquals(lower[2], 0, 1e-12);
  assertAlmostEquals(mean[0] + mean[1], 0, 1e-12);
});

Deno.test("parts add up to the squared distance", () => {
  const ellipsoid = concentrate(spoiltRows(5), 5, OPTIONS);
  const row = Float64Array.of(1, -2, 3, 0.5, 0);
  const parts = new Float64Array(5);
  distanceParts(ellipsoid, row, parts);
  const sum = parts.reduce((total, part) => total + part, 0);
  assertAlmostEquals(sum, squaredDistance(ellipsoid, row, new Float64Array(5)), 1e-9);
});

Deno.test("columns that are sums of others have a distance all the same", () => {
  const bell = bellRows(200, 2, 1);
  const rows = Array.from({ length: 200 }, (_, row) => {
    const [first, second] = bell.data.subarray(2 * row);
    return [first, second, first + second, 7];
  });
  const fitted = robustCovariance.fit(matrixOf(rows, 4), { seed: 1 });
  const [together, apart] = fitted.scoreBatch(matrixOf([[1, 1, 2, 7], [1, 1, -2, 7]], 4));
  assert(apart > 2 * together, `${apart} to ${together}`);
});

Deno.test("rows whose columns are ordinary each and odd together are far", () => {
  const bell = bellRows(600, 2, 4);
  const data = bell.data.map((value, i) => i % 2 === 0 ? value : bell.data[i - 1] + 0.2 * value);
  const fitted = robustCovariance.fit({ ...bell, data }, { seed: 1 });
  const [along, across] = fitted.scoreBatch(matrixOf([[2, 2], [2, -2]], 2));
  assert(across > 2 * along, `${across} to ${along}`);
});
