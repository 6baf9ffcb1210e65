import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { fitCalibration, TAIL_MIN, TAIL_QUANTILES, tailOf } from "../../../scoring/detect/mod.ts";
import type { Calibration } from "../../../scoring/detect/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";

const EMPTY = { data: new Float32Array(), rowCount: 0, columnCount: 0 };

function calibrated(scores: readonly number[], saturation = 0.9): Calibration {
  const options = { thresholdMode: "AUTO", contamination: 0.01, saturation } as const;
  return fitCalibration(Float64Array.from(scores), EMPTY, options);
}

/** Scores spread evenly over (low, high]. */
function even(count: number, low: number, high: number): number[] {
  return Array.from({ length: count }, (_, index) => low + (high - low) * (index + 1) / count);
}

Deno.test("a calibration keeps 65 quantiles, however many rows there are", () => {
  assertEquals(TAIL_QUANTILES.length, 65);
  assertEquals([TAIL_QUANTILES[0], TAIL_QUANTILES[64]], [0, 0.98]);
  for (const count of [1, 32, 5000]) {
    assertEquals(calibrated(even(count, 0.4, 0.6)).quantiles.length, 65);
  }
});

for (const share of [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97]) {
  Deno.test(`the tail of the ${share} quantile of even scores is ${1 - share}`, () => {
    const calibration = calibrated(even(10_000, 0.4, 0.6));
    assertAlmostEquals(tailOf(calibration, 0.4 + 0.2 * share), 1 - share, 2e-4);
  });
}

Deno.test("the tail of exponential scores is their own beyond the 98 % quantile", () => {
  const random = createRandom(3);
  const scores = Array.from(
    { length: 20_000 },
    () => 0.4 - 0.02 * Math.log(1 - random.nextFloat()),
  );
  const calibration = calibrated(scores, 1);
  for (const tail of [0.01, 0.001, 0.0001]) {
    const score = 0.4 - 0.02 * Math.log(tail);
    assertLess(Math.abs(Math.log(tailOf(calibration, score) / tail)), 0.25);
  }
});

Deno.test("a score that many rows share has their mid-rank", () => {
  const calibration = calibrated([
    ...even(300, 0.3, 0.4),
    ...Array(400).fill(0.5),
    ...even(300, 0.6, 0.7),
  ]);
  assertAlmostEquals(tailOf(calibration, 0.5), 0.5, 0.01);
  assertAlmostEquals(tailOf(calibration, 0.4), 0.7, 0.02);
  assertAlmostEquals(tailOf(calibration, 0.6), 0.3, 0.02);
});

const scores = fc.array(fc.integer({ min: 1, max: 800 }).map((step) => step / 1000), {
  minLength: 1,
  maxLength: 300,
});
const pairs = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }));

Deno.test("the tail falls strictly with the score, from 1 down to its floor", () => {
  fc.assert(
    fc.property(scores, pairs, (training, [left, right]) => {
      const calibration = calibrated(training);
      const [low, high] = [Math.min(left, right) / 1000, Math.max(left, right) / 1000];
      const [lowTail, highTail] = [tailOf(calibration, low), tailOf(calibration, high)];
      assert(lowTail <= 1 && highTail >= TAIL_MIN, `${lowTail} ${highTail}`);
      if (low < high) assertLess(highTail, lowTail);
      else assertEquals(highTail, lowTail);
    }),
    { numRuns: 500 },
  );
});

Deno.test("the tail has its floor at 2⁻¹⁰⁰", () => {
  const calibration = calibrated(even(100, 0.4, 0.41));
  assertEquals(tailOf(calibration, 1), TAIL_MIN);
  assertEquals(TAIL_MIN, 2 ** -100);
});

Deno.test("an AUTO threshold is the score whose tail is 0.001", () => {
  const calibration = calibrated(even(5000, 0.3, 0.5));
  assertAlmostEquals(tailOf(calibration, calibration.threshold), 0.001, 1e-12);
});

Deno.test("an AUTO threshold leaves room below saturation when training rows hold anomalies", () => {
  const calibration = calibrated([...even(900, 0.3, 0.4), ...even(100, 0.7, 0.9)]);
  const top = calibration.quantiles[64];
  assertEquals(calibration.threshold, top + (calibration.saturation - top) / 2);
});

Deno.test("a CONTAMINATION threshold flags that share of the training rows", () => {
  const training = Float64Array.from(even(1000, 0.3, 0.6));
  for (const contamination of [0.01, 0.05, 0.5]) {
    const { threshold } = fitCalibration(training, EMPTY, {
      thresholdMode: "CONTAMINATION",
      contamination,
      saturation: 0.9,
    });
    assertEquals(training.filter((score) => score > threshold).length, 1000 * contamination);
  }
});

Deno.test("scores that are all the same calibrate and flag nothing", () => {
  const calibration = calibrated(Array(500).fill(0.5), 0.5);
  assertEquals(calibration.threshold, 0.5);
  assertAlmostEquals(tailOf(calibration, 0.5), 0.5, 0.011);
  assert(Number.isFinite(calibration.meanExcess) && calibration.meanExcess > 0);
});

Deno.test("medians and deviations are those of each column", () => {
  const rows = { data: Float32Array.of(1, 10, 2, 10, 9, 10), rowCount: 3, columnCount: 2 };
  const { medians, deviations } = fitCalibration(Float64Array.of(0.4, 0.4, 0.5), rows, {
    thresholdMode: "AUTO",
    contamination: 0.01,
    saturation: 0.8,
  });
  assertEquals([medians, deviations], [[2, 10], [1, 0]]);
});
