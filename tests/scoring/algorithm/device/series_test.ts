import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  createRowRing,
  createRunningMedian,
  createScaledRows,
  createSeasonBand,
  createSmoothedRows,
  exponentialKernel,
  findDayRows,
  firstSeasonRow,
  fitColumnRange,
  fitMomentScale,
  fitRobustScale,
  HELD_ROWS_MAX,
  medianOfThree,
  noveltyOf,
  SCALED_MAX,
  seasonLookback,
  seasonRingRows,
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
  const ring = createRowRing(new Float32Array(7), 2);
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
  const ring = createRowRing(new Float32Array(3), 1);
  const mean = new Float64Array(1);
  const smoothed = [8, 2, 4, 100].map((value) => {
    ring.data[ring.next()] = value;
    smoothRows(kernel, ring, mean);
    return mean[0];
  });
  const last = (100 + 0.5 * 4 + 0.25 * 2) / 1.75;
  assertEquals(smoothed, [8, (2 + 4) / 1.5, (4 + 1 + 2) / 1.75, last]);
});

Deno.test("smoothed rows have the bits of all their newest values, of which most are 0", () => {
  const kernel = exponentialKernel(0.3, 5);
  const value = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, {
    weight: 2,
    arbitrary: finite,
  });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), (values) => {
      const rows = createSmoothedRows(kernel, 2);
      values.forEach((own, index) => {
        const newest = values.slice(Math.max(0, index - 4), index + 1).reverse();
        let sum = 0;
        let total = 0;
        newest.forEach((one, age) => {
          sum += kernel[age] * one;
          total += kernel[age];
        });
        rows.push(Float64Array.of(0, own));
        assertEquals([...rows.mean], [0, sum / total]);
      });
    }),
    { seed: 1 },
  );
});

/** How far each row is outside its season's range; undefined where there is none. */
function beyondSeason(rows: readonly (readonly number[])[], dayRows: number) {
  const width = rows[0].length;
  const ring = createRowRing(new Float32Array(seasonRingRows(dayRows) * width), width);
  const band = createSeasonBand(ring, dayRows, width);
  const into = new Float64Array(width);
  return rows.map((row) => {
    ring.data.set(row, ring.next());
    return band.measure(into) ? [...into] : undefined;
  });
}

Deno.test("a time of day usually has what it had in the last three days", () => {
  // Days of two rows, too short for hours.
  const told = beyondSeason([1, 0, 5, 0, 2, 0, 9, 0, 1, 0, 4, -3].map((value) => [value]), 2);
  const beyond = [4, 0, 0, 0, 4, 0, -1, 0, 0, -3];
  assertEquals(told, [undefined, undefined, ...beyond.map((value) => [value])]);
});

Deno.test("an hour to either side is the same time of day", () => {
  const rows = Array.from({ length: 60 }, (_, row) => [row === 20 ? 7 : 0]);
  for (const [row, expected] of [[42, 5], [43, 0], [44, 0], [45, 0], [46, 5]]) {
    const changed = rows.map(([value], at) => [at === row ? 5 : value]);
    assertEquals(beyondSeason(changed, 24)[row], [expected], `row ${row}`);
  }
});

Deno.test("a season's range is that of all rows it is made of, however they come", () => {
  const dayRows = 48;
  const values = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), finite.map(Math.fround)), {
    minLength: firstSeasonRow(dayRows) + 1,
    maxLength: 2 * seasonRingRows(dayRows),
    size: "max",
  });
  fc.assert(
    fc.property(values, (rows) => {
      const told = beyondSeason(rows, dayRows);
      rows.forEach((row, at) => {
        const same = [1, 2, 3].flatMap((day) => {
          const middle = at - day * dayRows;
          return middle - 2 < 0 ? [] : rows.slice(middle - 2, middle + 3);
        });
        assertEquals(told[at] !== undefined, at >= firstSeasonRow(dayRows));
        told[at]?.forEach((beyond, column) => {
          const usual = same.map((other) => other[column]);
          const nearest = Math.min(Math.max(row[column], Math.min(...usual)), Math.max(...usual));
          assertEquals(beyond, row[column] - nearest);
        });
      });
    }),
    { seed: 1, numRuns: 15 },
  );
});

Deno.test("no day has no season", () => {
  assertEquals([seasonLookback(0), firstSeasonRow(0)], [0, 0]);
  assertEquals(beyondSeason([[1], [2]], 0), [undefined, undefined]);
});

Deno.test("novelty is how far a value is outside the range of training, as a share of it", () => {
  const range = fitColumnRange(matrixOf([[1, 4], [5, 4], [3, 4]]));
  assertEquals([...range.low, ...range.high], [1, 4, 5, 4]);
  for (
    const [value, expected] of [[1, 0], [5, 0], [6, 0.25], [-1, 0.5], [1000, 1], [-1000, 1]]
  ) assertEquals(noveltyOf(value, 0, range), expected, `${value}`);
  assertEquals([3.5, 4, 4.25].map((value) => noveltyOf(value, 1, range)), [0.5, 0, 0.25]);
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
