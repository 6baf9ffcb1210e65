import { assert, assertEquals } from "@std/assert";
import {
  createStillnessWatch,
  movingColumns,
  stillnessLookback,
} from "../../../../scoring/algorithm/device_watch/stillness.ts";

const ROWS = 400;

/** A column of training rows, by its values. */
function moves(valueAt: (row: number) => number, rowCount = ROWS): boolean {
  const data = Float32Array.from({ length: rowCount }, (_, row) => valueAt(row));
  return movingColumns({ data, rowCount, columnCount: 1 }, 10)[0] === 1;
}

for (
  const { what, valueAt, expected } of [
    { what: "changes with every row", valueAt: (row: number) => row % 7, expected: true },
    { what: "never changes", valueAt: () => 5, expected: false },
    { what: "repeats four values of 400", valueAt: repeating(100), expected: true },
    { what: "repeats five values of 400", valueAt: repeating(80), expected: false },
    { what: "rests once for five rows", valueAt: resting(5), expected: true },
    { what: "rests once for six rows", valueAt: resting(6), expected: false },
    {
      what: "is not known at first",
      valueAt: (row: number) => row === 0 ? NaN : row,
      expected: true,
    },
    { what: "is known too rarely", valueAt: (row: number) => row % 2 ? NaN : row, expected: false },
    { what: "has no value", valueAt: () => NaN, expected: false },
  ]
) {
  Deno.test(`a column that ${what} ${expected ? "moves" : "may rest"}`, () =>
    assertEquals(moves(valueAt), expected));
}

/** Every so many rows the value before comes again. */
function repeating(step: number): (row: number) => number {
  return (row) => row % step === step - 1 ? row - 1 : row;
}

function resting(rows: number): (row: number) => number {
  return (row) => row >= 100 && row < 100 + rows ? 100 : row;
}

Deno.test("too few rows do not show that a column moves", () => {
  assert(moves((row) => row, 256));
  assert(!moves((row) => row, 255));
});

Deno.test("stillness begins above one half at its rows, grows to a bound and ends at once", () => {
  const watch = createStillnessWatch(Uint8Array.of(1), 10);
  const levels = Array.from({ length: 120 }, () => watch.push(Float32Array.of(3)));
  assertEquals(levels.slice(0, 9), Array(9).fill(0));
  assert(levels[9] > 0.5 && levels[10] > levels[9]);
  assertEquals(levels.slice(stillnessLookback(10)), Array(30).fill(levels[89]));
  assertEquals([...watch.still], [1]);
  assertEquals(watch.push(Float32Array.of(4)), 0);
  assertEquals([...watch.still], [0]);
});

Deno.test("columns that may rest and values that are missing do not stand still", () => {
  const watch = createStillnessWatch(Uint8Array.of(0, 1), 3);
  for (let row = 0; row < 20; row++) assertEquals(watch.push(Float32Array.of(1, NaN)), 0);
});
