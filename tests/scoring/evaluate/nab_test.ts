import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  bestNabScore,
  NAB_PROFILES,
  nabScore,
  type NabSeries,
  probationRows,
  type RowRange,
} from "../../../scoring/evaluate/mod.ts";

/** The benchmark's sigmoid, written out. */
const sigmoid = (x: number) => 2 / (1 + Math.exp(5 * x)) - 1;

/** A hundred rows with a window of rows 40 to 49; probation ends before row 15. */
const WINDOWS: readonly RowRange[] = [[40, 49]];
const withAlerts = (...rows: number[]): NabSeries => ({
  scores: Array.from({ length: 100 }, (_, row) => rows.includes(row) ? 1 : 0),
  windows: WINDOWS,
});
const { standard, low_fp, low_fn } = NAB_PROFILES;

const CASES = [
  { what: "silence", alerts: [], profile: standard, raw: -1 },
  { what: "the window's first row", alerts: [40], profile: standard, raw: 1 },
  {
    what: "a later row, and the window's last, which adds nothing",
    alerts: [45, 49],
    profile: standard,
    raw: sigmoid(-0.5) / sigmoid(-1),
  },
  { what: "a false alert before any window", alerts: [20, 40], profile: standard, raw: 1 - 0.11 },
  {
    what: "a false alert a width behind the window",
    alerts: [40, 58],
    profile: standard,
    raw: 1 + 0.11 * sigmoid(1),
  },
  { what: "a false alert far behind it", alerts: [40, 99], profile: low_fp, raw: 1 - 0.22 },
  { what: "silence, where a miss counts twice", alerts: [], profile: low_fn, raw: -2 },
  { what: "alerts of the probation", alerts: [0, 14, 40], profile: standard, raw: 1 },
];

for (const { what, alerts, profile, raw } of CASES) {
  Deno.test(`NAB counts ${what}`, () => {
    const { missedWindow } = profile;
    const expected = 100 * (raw + missedWindow) / (1 + missedWindow);
    assertAlmostEquals(nabScore([withAlerts(...alerts)], profile, 1), expected, 1e-9);
  });
}

Deno.test("probation is 15 % of a series and at most 750 rows", () =>
  assertEquals([1127, 4032, 22_000].map(probationRows), [169, 604, 750]));

Deno.test("NAB's score is not defined without windows", () =>
  assertEquals(nabScore([{ scores: [1, 2], windows: [] }], standard, 1), NaN));

Deno.test("the best threshold is silence when all alerts are wrong", () => {
  const { score, threshold } = bestNabScore([withAlerts(20, 30)], standard);
  // At a threshold of 0 every row alerts, which costs more than the window earns.
  assertEquals([score, threshold], [0, Infinity]);
});

const series = fc.record({
  scores: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 40, maxLength: 60 }),
  window: fc.tuple(fc.integer({ min: 8, max: 30 }), fc.integer({ min: 0, max: 9 })),
}).map(({ scores, window: [first, length] }): NabSeries => ({
  scores,
  windows: [[first, first + length]],
}));

Deno.test("the best score is the highest over all thresholds, and reached at the one told", () =>
  fc.assert(fc.property(fc.array(series, { minLength: 1, maxLength: 3 }), (all) => {
    const { score, threshold } = bestNabScore(all, standard);
    const tried = Array.from({ length: 22 }, (_, level) => nabScore(all, standard, level));
    assertAlmostEquals(score, Math.max(...tried), 1e-9);
    assertAlmostEquals(nabScore(all, standard, threshold), score, 1e-9);
  })));
