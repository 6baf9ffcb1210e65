import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import type { Fitted } from "../../../../scoring/algorithm/mod.ts";
import { DEVICE_COLUMNS_MAX, deviceResiduals } from "../../../../scoring/algorithm/device/mod.ts";
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { describeAlgorithm } from "../conformance.ts";
import { headOf, rowOf, tailOf } from "../conformance_rows.ts";
import { changed, commandedRows, DAY_ROWS, hostRows } from "./device_rows.ts";

describeAlgorithm(deviceResiduals);

const TRAIN_ROWS = 1200;
const rows = hostRows(2400);
const later = tailOf(rows, TRAIN_ROWS);
const host = deviceResiduals.fit(headOf(rows, TRAIN_ROWS), {
  seed: 1,
  parameters: { day_rows: DAY_ROWS },
});
const commanded = deviceResiduals.fit(commandedRows(600), { seed: 1 });
const { threshold, release } = host.alerts!;

/** All that a scorer tells, row by row, from a row on. */
function tellings(fitted: Fitted, told: Matrix, from: number): number[][] {
  const scorer = fitted.open();
  const all: number[][] = [];
  for (let row = 0; row < told.rowCount; row++) {
    const score = scorer.push(rowOf(told, row));
    if (row < from) continue;
    all.push([score, scorer.alarm!, ...scorer.explain(), ...scorer.expected!()]);
  }
  return all;
}

function alarms(told: Matrix): number[] {
  const scorer = host.open();
  return Array.from({ length: told.rowCount }, (_, row) => {
    scorer.push(rowOf(told, row));
    return scorer.alarm!;
  });
}

for (
  const [name, fitted, make] of [
    ["residuals", host, hostRows],
    ["windows", commanded, commandedRows],
  ] as const
) {
  Deno.test(`device_residuals of ${name} tells the same bits when it is built again`, () => {
    const seeds = fc.record({ seed: fc.integer({ min: 0, max: 1e6 }), missed: fc.nat(90) });
    fc.assert(
      fc.property(seeds, ({ seed, missed }) => {
        const random = createRandom(seed);
        const all = make(missed + fitted.lookbackRows + 5, seed);
        const data = all.data.map((value) => random.below(20) === 0 ? NaN : value);
        // A gap longer than missing values are held, of which the one built again sees no beginning.
        data.fill(NaN, missed * all.columnCount, (missed + 100) * all.columnCount);
        const gapped = { ...all, data };
        assertEquals(
          tellings(fitted, tailOf(gapped, missed), fitted.lookbackRows),
          tellings(fitted, gapped, missed + fitted.lookbackRows),
        );
      }),
      { numRuns: 12, seed: 5 },
    );
  });
}

Deno.test("device_residuals has neither score nor alarm before it has three rows to predict from", () => {
  const [[score, alarm], ...rest] = tellings(host, headOf(later, 4), 2);
  assertEquals([score, alarm], [NaN, NaN]);
  assert(rest[0][0] > 0 && rest[0][1] > 0);
});

Deno.test("device_residuals stays silent on rows like those of training", () => {
  const loud = alarms(later).filter((alarm) => alarm > threshold).length;
  assert(loud <= 3, `${loud} of ${later.rowCount} rows`);
});

Deno.test("device_residuals alerts on what is odd from the first row on", () => {
  const odd = alarms(headOf(changed(later, 1, 0, (value) => value - 5), 40));
  assert(Math.min(...odd.slice(10)) > threshold, `${odd}`);
});

Deno.test("device_residuals alerts on a metric that leaves its relation to another, by its name", () => {
  const broken = changed(later, 1, 1000, (value) => value - 5);
  const scorer = host.open();
  for (let row = 0; row < 1004; row++) scorer.push(rowOf(broken, row));
  assert(scorer.alarm! > threshold, `${scorer.alarm}`);
  const parts = scorer.explain();
  assert(parts[1] > 0.5 * parts.reduce((sum, part) => sum + part, 0), `${parts}`);
});

Deno.test("device_residuals alerts on a counter that leaves its rest, and grows used to it", () => {
  const noisy = alarms(changed(later, 3, 1000, () => 1));
  assert(Math.max(...noisy.slice(1000, 1004)) > threshold);
  assert(Math.max(...noisy.slice(1000 + 5 * DAY_ROWS)) < release);
});

Deno.test("device_residuals ends its alarm some days after a metric has a new level for good", () => {
  const shifted = alarms(changed(later, 2, 600, (value) => value + 40));
  assert(Math.max(...shifted.slice(600, 610)) > threshold);
  assert(Math.max(...shifted.slice(600 + 6 * DAY_ROWS)) < threshold);
});

Deno.test("device_residuals keeps a peak in the score when the alarm is over", () => {
  const spiked = changed(later, 2, 1000, (value) => value + 30, 1001);
  const told = tellings(host, spiked, 0);
  const [score, alarm] = told[1008];
  assert(score > alarm, `${score} at an alarm of ${alarm}`);
});

Deno.test("device_residuals expects a row in the units of the data", () => {
  const scorer = host.open();
  for (let row = 0; row < 1000; row++) scorer.push(rowOf(later, row));
  const [load, temperature] = scorer.expected!();
  assertAlmostEquals(load, later.data[999 * 4], 6);
  assertAlmostEquals(temperature, later.data[999 * 4 + 1], 3);
});

Deno.test("device_residuals compares windows where most columns are switches", () => {
  const stuck = changed(commandedRows(400, 2), 3, 300, () => 0.45);
  const scores = commanded.scoreBatch(stuck);
  assertEquals(commanded.lookbackRows, 140);
  assert(scores[299] < release, `${scores[299]}`);
  assert(scores[360] > threshold, `${scores[360]}`);
});

Deno.test("device_residuals explains and expects by the meters among switches", () => {
  const scorer = commanded.open();
  const stuck = changed(commandedRows(400, 2), 3, 300, () => 0.45);
  for (let row = 0; row < 400; row++) scorer.push(rowOf(stuck, row));
  const parts = scorer.explain();
  assert(parts[3] > 0);
  assertEquals([parts[0], parts[1], parts[2], parts[4]], [0, 0, 0, 0]);
  const expected = scorer.expected!();
  assertAlmostEquals(expected[3], 0.45, 0.1);
  assert(Number.isNaN(expected[0]));
});

Deno.test("device_residuals has no score before a window among switches is full", () => {
  const scores = commanded.scoreBatch(commandedRows(20, 2));
  assert(scores.slice(0, 15).every(Number.isNaN));
  assert(scores[15] > 0);
});

Deno.test("device_residuals keeps a model of 38 metrics below 64 kB", () => {
  const random = createRandom(3);
  const columnCount = 38;
  const data = Float32Array.from({ length: 300 * columnCount }, () => random.nextFloat());
  const fitted = deviceResiduals.fit({ data, rowCount: 300, columnCount }, { seed: 1 });
  assert(fitted.serialize().length < 64 * 1024);
});

Deno.test("device_residuals refuses more columns than it can hold, by their count", () => {
  const columnCount = DEVICE_COLUMNS_MAX + 1;
  const data = new Float32Array(columnCount).fill(2);
  assertThrows(
    () => deviceResiduals.fit({ data, rowCount: 1, columnCount }, { seed: 1 }),
    RangeError,
    `columnCount must be at most ${DEVICE_COLUMNS_MAX}: current value is ${columnCount}`,
  );
});

Deno.test("device_residuals has the scores among switches that it had", () => {
  const golden: readonly (readonly [number, number])[] = [
    [15, 0.012537669394337338],
    [299, 0.027079302538291435],
    [302, 0.03272493729703284],
    [399, 0.6703922154521019],
  ];
  const scores = commanded.scoreBatch(changed(commandedRows(400, 2), 3, 300, () => 0.45));
  for (const [row, score] of golden) assertEquals(scores[row], score, `row ${row}`);
});

Deno.test("device_residuals has the scores that it had", () => {
  const golden: readonly (readonly [number, number])[] = [
    [3, 0.30649281976926174],
    [100, 0.2415018693251769],
    [999, 0.2564839645118205],
    [1000, 0.5815684841569303],
    [1003, 0.6737118257588808],
    [1199, 0.5024552441904491],
  ];
  const scores = host.scoreBatch(changed(later, 1, 1000, (value) => value - 5));
  for (const [row, score] of golden) assertEquals(scores[row], score, `row ${row}`);
});
