import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  createRowRing,
  createRunningMedian,
  createScaledRows,
  exponentialKernel,
  findDayRows,
  fitMomentScale,
  fitRobustScale,
  HELD_ROWS_MAX,
  medianOfThree,
  SCALED_MAX,
  seasonalMedian,
  smoothRows,
} from "../../../../scoring/algorithm/device/series/mod.ts";
import { median, sin } from "../../../../scoring/numeric/mod.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

const finite = fc.double({ noNaN: true, min: -1e6, max: 1e6 });

Deno.test("a running median is the median of the newest values", () =>
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (
      values,
      size,
    ) => {
      const running = createRunningMedian(size);
      assert(Number.isNaN(running.median()));
      values.forEach((value, index) => {
        running.push(value);
        const newest = values.slice(Math.max(0, index + 1 - size), index + 1);
        assertEquals(running.count, newest.length);
        assertAlmostEquals(running.median(), median(newest), 1e-9);
      });
    }),
    { seed: 1 },
  ));

Deno.test("a ring gives the rows that are left by their age", () => {
  const ring = createRowRing(new Float64Array(6), 2);
  for (const value of [1, 2, 3, 4]) ring.data.fill(value, ...pairFrom(ring.next()));
  assertEquals(ring.count, 3);
  assertEquals([0, 1, 2].map((age) => ring.data[ring.offset(age) + 1]), [4, 3, 2]);
});

function pairFrom(start: number): [number, number] {
  return [start, start + 2];
}

Deno.test("smoothing weighs rows by their age, and what there is while there are few", () => {
  const kernel = exponentialKernel(0.5, 3);
  assertEquals([...kernel], [1, 0.5, 0.25]);
  const ring = createRowRing(new Float64Array(3), 1);
  const mean = new Float64Array(1);
  const smoothed = [8, 2, 4, 100].map((value) => {
    ring.data[ring.next()] = value;
    smoothRows(kernel, ring, mean);
    return mean[0];
  });
  const last = (100 + 0.5 * 4 + 0.25 * 2) / 1.75;
  assertEquals(smoothed, [8, (2 + 4) / 1.5, (4 + 1 + 2) / 1.75, last]);
});

Deno.test("a time of day is usually the median of the last three days", () => {
  const ring = createRowRing(new Float32Array(7), 1);
  const usual = new Float64Array(1);
  const told: number[] = [];
  // Days of two rows.
  for (const value of [1, 0, 5, 0, 2, 0, 9, 0]) {
    ring.data[ring.next()] = value;
    if (ring.count <= 2) continue;
    seasonalMedian(ring, 2, usual);
    told.push(usual[0]);
  }
  assertEquals(told, [1, 0, 3, 0, 2, 0]);
});

Deno.test("the median of three does not depend on their order", () => {
  for (const [a, b, c] of [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]]) {
    assertEquals(medianOfThree(a, b, c), 2);
  }
});

Deno.test("a robust scale is the deviation, or what a metric that rests has of range", () => {
  const column = (values: readonly number[]) => matrixOf(values.map((value) => [value]));
  const scaleOf = (values: readonly number[]) => fitRobustScale(column(values)).scale[0];
  const evenly = Array.from({ length: 101 }, (_, value) => value);
  assertAlmostEquals(scaleOf(evenly), 1.4826 * 25, 1e-4);
  const resting = evenly.map((value) => value < 90 ? 0 : 10);
  assertAlmostEquals(scaleOf(resting), 2, 1e-6);
  const rare = Array.from({ length: 1001 }, (_, row) => row === 500 ? 10 : 0);
  assertAlmostEquals(scaleOf(rare), 1, 1e-6);
  assertAlmostEquals(scaleOf([4000, 4000]), 4, 1e-6);
  assertAlmostEquals(scaleOf([0, 0]), 1e-3, 1e-9);
  assertEquals(scaleOf([NaN, NaN]), 1);
  assertEquals(fitRobustScale(column([NaN, 3, Infinity, 5])).center[0], 4);
});

Deno.test("a moment scale is the standard deviation of what is known, 1 for a constant", () => {
  const { center, scale } = fitMomentScale(matrixOf([[1, 7], [NaN, 7], [3, 7]]));
  assertEquals([...center], [2, 7]);
  assertEquals([...scale], [1, 1]);
});

Deno.test("scaled rows are cut off, and hold a missing value for an hour of rows", () => {
  const scaled = createScaledRows({ center: Float32Array.of(5), scale: Float32Array.of(2) });
  const push = (value: number) => scaled.push(Float32Array.of(value))[0];
  assertEquals(push(NaN), 0);
  assertEquals([push(9), push(1000), push(-Infinity)], [2, SCALED_MAX, -SCALED_MAX]);
  push(9);
  for (let row = 0; row < HELD_ROWS_MAX; row++) assertEquals(push(NaN), 2);
  assertEquals(push(NaN), 0);
});

Deno.test("a day is found in the data as 288 or 1440 rows", () => {
  for (const dayRows of [288, 1440]) {
    assertEquals(findDayRows(dailyRows(3 * 1440, dayRows), undefined), dayRows);
  }
});

Deno.test("a day of too little training, of noise against itself or of constants is none", () => {
  assertEquals(findDayRows(dailyRows(500, 288), undefined), 0);
  assertEquals(findDayRows(matrixOf(Array(600).fill([3])), undefined), 0);
  // Each value is the opposite of the one 288 rows before.
  assertEquals(findDayRows(dailyRows(600, 576), undefined), 0);
});

Deno.test("a day follows from the time between rows where it is known", () => {
  const rows = dailyRows(3000, 288);
  for (
    const [rowMs, expected] of [
      [60_000, 1440],
      [300_000, 288],
      [3_600_000, 24],
      [86_400_000, 0],
      [10_000, 0],
      [40_000, 0],
    ]
  ) assertEquals(findDayRows(rows, rowMs), expected, `${rowMs}`);
});

function dailyRows(rowCount: number, dayRows: number) {
  const bell = bellNumbers(4);
  return matrixOf(Array.from({ length: rowCount }, (_, row) => {
    const turn = row % dayRows / dayRows;
    return [3 * sin(6.283185307179586 * turn) + 0.1 * bell(), 7];
  }));
}
