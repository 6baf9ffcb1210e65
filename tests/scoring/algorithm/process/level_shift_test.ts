import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Fitted } from "../../../../scoring/algorithm/mod.ts";
import { createByteWriter } from "../../../../scoring/algorithm/bytes/mod.ts";
import {
  LEVEL_SHIFT_RELEASE_SHARE,
  levelShift,
} from "../../../../scoring/algorithm/process/mod.ts";
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(levelShift);

/** A flow that is steady but for noise, and a temperature that rises by itself. */
function pumpRows(rowCount: number, from = 0, shiftedBy = 0): Matrix {
  const random = createRandom(from + 1);
  const data = new Float32Array(rowCount * 2);
  for (let row = 0; row < rowCount; row++) {
    data[row * 2] = 30 + random.nextFloat() + shiftedBy;
    data[row * 2 + 1] = 60 + 0.1 * random.nextFloat() + (from + row) / 400;
  }
  return { data, rowCount, columnCount: 2 };
}

function lastScore(fitted: Fitted, rows: Matrix): number {
  return fitted.scoreBatch(rows)[rows.rowCount - 1];
}

const fitted = levelShift.fit(pumpRows(400), { seed: 1 });
const { threshold, release } = fitted.alerts!;

Deno.test("level_shift alerts above twice the usual shift and ends at half of that", () => {
  assertEquals([threshold, release], [2, 2 * LEVEL_SHIFT_RELEASE_SHARE]);
  const strict = levelShift.fit(pumpRows(400), { seed: 1, parameters: { threshold: 5 } });
  assertEquals(strict.alerts, { threshold: 5, release: 2.5 });
});

Deno.test("level_shift gives at most a tenth of its training rows a score above 1", () => {
  const scores = fitted.scoreBatch(pumpRows(400)).filter((score) => !Number.isNaN(score));
  const above = scores.filter((score) => score > 1).length;
  assert(above > 0 && above <= 0.1 * scores.length, `${above} of ${scores.length}`);
});

Deno.test("level_shift seldom alerts on mere noise after a short training", () => {
  let flagged = 0;
  for (let seed = 0; seed < 20; seed++) {
    const random = createRandom(seed);
    const data = Float32Array.from({ length: 650 }, () => random.nextFloat());
    const rowsOf = (from: number, to: number) => {
      return { data: data.subarray(from, to), rowCount: to - from, columnCount: 1 };
    };
    const scores = levelShift.fit(rowsOf(0, 150), { seed: 1 }).scoreBatch(rowsOf(150, 650));
    flagged += scores.filter((score) => score > threshold).length;
  }
  assert(flagged < 0.005 * 20 * 500, `${flagged} rows`);
});

Deno.test("level_shift passes over a drift that goes on", () =>
  assert(lastScore(fitted, pumpRows(50, 500)) < threshold));

Deno.test("level_shift finds a steady column that leaves its level by the width of its noise", () =>
  assert(lastScore(fitted, pumpRows(50, 500, -1)) > threshold));

Deno.test("level_shift passes over a shift that is within the accuracy of sensors", () => {
  const random = createRandom(2);
  const rowsAt = (level: number, rowCount: number): Matrix => {
    const data = Float32Array.from({ length: rowCount }, () => level + 0.01 * random.nextFloat());
    return { data, rowCount, columnCount: 1 };
  };
  const train = rowsAt(100, 400);
  const usual = levelShift.fit(train, { seed: 1 });
  const exact = levelShift.fit(train, { seed: 1, parameters: { accuracy_share: 0 } });
  assert(lastScore(usual, rowsAt(100.4, 50)) < threshold);
  assert(lastScore(exact, rowsAt(100.4, 50)) > threshold);
  assert(lastScore(usual, rowsAt(105, 50)) > threshold);
});

Deno.test("level_shift still finds a drifting column that goes far beyond its drift", () => {
  const rows = pumpRows(50, 500);
  const data = rows.data.map((value, i) => i % 2 === 1 ? value + 20 : value);
  assert(lastScore(fitted, { ...rows, data }) > threshold);
});

Deno.test("level_shift names the column that shifted, and the level it was expected to have", () => {
  const scorer = fitted.open();
  const rows = pumpRows(20, 500, -3);
  for (let row = 0; row < 20; row++) scorer.push(rows.data.subarray(row * 2, row * 2 + 2));
  const [flow, temperature] = scorer.explain();
  assert(flow > 5 * temperature, `${flow} against ${temperature}`);
  assertAlmostEquals(scorer.expected!()[0], 30.5, 0.1);
});

Deno.test("level_shift scores the mean of those rows of a window that have a value", () => {
  const rows = pumpRows(50, 500, -3);
  const gaps = rows.data.map((value, i) => Math.floor(i / 2) % 3 === 0 ? NaN : value);
  assert(lastScore(fitted, { ...rows, data: gaps }) > threshold);
  const silent = rows.data.map((value, i) => i >= 60 ? NaN : value);
  assertEquals(lastScore(fitted, { ...rows, data: silent }), 0);
});

Deno.test("level_shift is not deafened by training rows of which some are far off", () => {
  const rows = pumpRows(400);
  const data = rows.data.map((value, i) => i % 2 === 0 && i < 60 ? value - 10 : value);
  const tainted = levelShift.fit({ ...rows, data }, { seed: 1 });
  assert(lastScore(tainted, pumpRows(50, 500, -10)) > threshold);
});

Deno.test("level_shift scores nothing before its window is full", () => {
  const scores = fitted.scoreBatch(pumpRows(12));
  assertEquals(Array.from(scores, Number.isNaN), [...Array(9).fill(true), false, false, false]);
});

for (
  const [field, centres, scales, usual] of [
    ["centres", [], [1, 1], 1],
    ["centres[1]", [1, Infinity], [1, 1], 1],
    ["scales", [1, 2], [1], 1],
    ["scales[1]", [1, 2], [1, -1], 1],
    ["scales[0]", [1, 2], [NaN, 1], 1],
    ["usual", [1, 2], [1, 1], 0],
  ] as const
) {
  Deno.test(`level_shift refuses bytes with unsound ${field}`, () => {
    const parameters = Object.fromEntries(
      Object.entries(levelShift.parameters).map(([name, rule]) => [name, rule.default]),
    );
    const writer = createByteWriter({ algorithm: "level_shift", version: 1, parameters });
    writer.integer(2);
    writer.numbers(Float64Array.from(centres));
    writer.numbers(Float64Array.from(scales));
    writer.number(usual);
    assertThrows(() => levelShift.restore(writer.finish()), RangeError, field);
  });
}
