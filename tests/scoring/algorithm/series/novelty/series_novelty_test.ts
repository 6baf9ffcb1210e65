import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createByteWriter } from "../../../../../scoring/algorithm/bytes/mod.ts";
import {
  NOVELTY_ALERT_SCORE,
  NOVELTY_SCORE_MIN,
  seriesNovelty,
} from "../../../../../scoring/algorithm/series/novelty/mod.ts";
import type { Matrix } from "../../../../../scoring/forest/mod.ts";
import { createRandom, sin } from "../../../../../scoring/numeric/mod.ts";
import { describeAlgorithm } from "../../conformance.ts";
import { assertSameBits, tailOf } from "../../conformance_rows.ts";

const SMALL = { history_rows: 256, cool_down_rows: 20 };

describeAlgorithm(seriesNovelty, { parameters: SMALL });

const HOUR_MS = 3_600_000;
const TWO_PI = 6.283185307179586;

function columnOf(values: ArrayLike<number>): Matrix {
  return { data: Float32Array.from(values), rowCount: values.length, columnCount: 1 };
}

function fitted(parameters: Record<string, number> = {}, rowMs = HOUR_MS) {
  return seriesNovelty.fit(columnOf([0]), { seed: 1, parameters, rowMs });
}

/** Hours of a week-long rhythm: a day's wave with some noise. */
function hours(rowCount: number, seed = 3): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from(
    { length: rowCount },
    (_, row) => 50 + 20 * sin(TWO_PI * (row % 24) / 24) + 4 * random.nextFloat(),
  );
}

function alertsOf(scores: Float64Array): number[] {
  return [...scores.keys()].filter((row) => scores[row] > NOVELTY_ALERT_SCORE);
}

Deno.test("series_novelty alerts once when a value is unlike all before, and then cools down", () => {
  const values = hours(800);
  values.fill(140, 700, 706);
  const scores = fitted().scoreBatch(columnOf(values));
  assertEquals(alertsOf(scores).filter((row) => row >= 600), [700]);
  assertEquals([...scores.slice(701, 706)], Array(5).fill(NOVELTY_SCORE_MIN));
});

Deno.test("series_novelty raises no alarm before a series has shown a day", () => {
  const dayRows = 288;
  const lastOf = (rowCount: number) => {
    const values = hours(rowCount);
    values[rowCount - 1] = 900;
    const scorer = fitted({}, 24 * HOUR_MS / dayRows).open();
    const scores = [...values].map((value) => scorer.push(Float32Array.of(value)));
    return { score: scores[rowCount - 1], alarm: scorer.alarm! };
  };
  const early = lastOf(dayRows);
  assert(early.score > NOVELTY_ALERT_SCORE && Number.isNaN(early.alarm));
  const settled = lastOf(dayRows + 1);
  assert(settled.score > NOVELTY_ALERT_SCORE && settled.alarm === settled.score);
});

Deno.test("series_novelty alerts again within the cool-down when it gets worse", () => {
  const values = hours(800);
  values[700] = 140;
  values[710] = 900;
  assertEquals(
    alertsOf(fitted().scoreBatch(columnOf(values))).filter((row) => row >= 600),
    [700, 710],
  );
});

Deno.test("series_novelty has nothing to say of a value that it has seen before", () => {
  const values = hours(900);
  values[500] = values[850] = 140;
  const scores = fitted().scoreBatch(columnOf(values));
  assert(scores[500] > NOVELTY_ALERT_SCORE);
  assert(scores[850] < NOVELTY_ALERT_SCORE);
});

Deno.test("series_novelty knows what is as old as its history, and forgets what is older", () => {
  for (const [age, isKnown] of [[288, true], [289, false]] as const) {
    const values = hours(900);
    values[850 - age] = values[850] = 140;
    const scores = fitted({ history_rows: 288 }).scoreBatch(columnOf(values));
    assertEquals(scores[850] < NOVELTY_ALERT_SCORE, isKnown);
  }
});

Deno.test("series_novelty counts a novelty less where novelties are usual", () => {
  const calm = hours(1200);
  const spiky = hours(1200);
  for (let row = 200; row < 1100; row += 150) spiky[row] = 100 + row / 2;
  calm[1150] = 5;
  spiky[1150] = spiky[1149] = 5;
  const scoreOf = (values: Float32Array) => {
    const scorer = fitted({ cool_down_rows: 20 }).open();
    let surprise = 0;
    for (const value of values.subarray(0, 1151)) {
      scorer.push(Float32Array.of(value));
      surprise = scorer.explain()[0];
    }
    return surprise;
  };
  assert(scoreOf(calm) > 2 * scoreOf(spiky));
});

const PATTERNS: readonly (readonly [string, (value: number, row: number) => number])[] = [
  ["a metric that gets stuck at a usual value", () => 50],
  ["a day without its peak", (value) => Math.min(value, 40)],
  ["a day that stays at its peak", (value) => Math.max(value, 62)],
  ["a drop to a new low", (value) => value - 40],
];
for (const [name, change] of PATTERNS) {
  Deno.test(`series_novelty finds ${name}`, () => {
    const values = hours(1100).map((value, row) => row < 984 ? value : change(value, row));
    const alerts = alertsOf(fitted().scoreBatch(columnOf(values)));
    assertEquals(alerts.filter((row) => row >= 700 && row < 984), []);
    assert(alerts.some((row) => row >= 984), `only ${alerts}`);
  });
}

Deno.test("series_novelty counts a value in full where it leaves the level of the rows before", () => {
  const low = (row: number) => 38 - row % 7;
  const surpriseAfter = (recent: (row: number) => number) => {
    const scorer = fitted().open();
    for (let row = 0; row < 500; row++) {
      scorer.push(Float32Array.of(row % 2 === 0 ? low(row) : 62 + row % 5));
    }
    for (let row = 500; row < 600; row++) scorer.push(Float32Array.of(recent(row)));
    scorer.push(Float32Array.of(50));
    return scorer.explain()[0];
  };
  const amidBoth = surpriseAfter((row) => row % 2 === 0 ? low(row) : 62 + row % 5);
  assert(surpriseAfter(low) > 3 * amidBoth);
  assert(amidBoth > 0);
});

Deno.test("series_novelty passes over series that never change, and alerts when they do", () => {
  const values = new Float32Array(400).fill(7);
  values[390] = 7.5;
  const scores = fitted().scoreBatch(columnOf(values));
  assertEquals(alertsOf(scores), [390]);
  assertEquals(new Set(scores.slice(64, 390)), new Set([NOVELTY_SCORE_MIN]));
});

Deno.test("series_novelty has no score before it knows 64 values", () => {
  const scores = fitted().scoreBatch(columnOf(hours(100)));
  assertEquals(scores.findIndex((score) => !Number.isNaN(score)), 64);
  assert(scores.slice(64).every((score) => !Number.isNaN(score)));
});

Deno.test("series_novelty has no score for a row without a value, and passes over it", () => {
  const values = hours(800);
  values[700] = NaN;
  values[701] = Infinity;
  values[702] = 140;
  const scores = fitted().scoreBatch(columnOf(values));
  const silent = [...scores.keys()].filter((row) => Number.isNaN(scores[row]));
  assertEquals(silent.filter((row) => row >= 64), [700, 701]);
  assert(scores[702] > NOVELTY_ALERT_SCORE);
});

Deno.test("series_novelty scores do not depend on the unit of a metric", () => {
  const values = hours(600);
  values[500] = 90;
  const scores = fitted().scoreBatch(columnOf(values));
  for (const unit of [2 ** 60, 2 ** -60, -1]) {
    const rescaled = fitted().scoreBatch(columnOf(values.map((value) => value * unit)));
    assertAlmostEquals(rescaled[500], scores[500], 1e-12);
  }
});

Deno.test("series_novelty takes values at the end of the range of f32", () => {
  const values = hours(400).map((value, row) => (row % 2 === 0 ? 4e36 : -4e36) * value);
  const scores = fitted().scoreBatch(columnOf(values));
  assert(scores.slice(64).every((score) => score > 0 && score <= 1));
});

for (const novel of [0, 1]) {
  Deno.test(`series_novelty scores a row by column ${novel} where that is newest, and names it`, () => {
    const rowCount = 700;
    const columns = [hours(rowCount, 5), hours(rowCount, 6)];
    columns[novel][650] = -100;
    const data = Float32Array.from(
      { length: 2 * rowCount },
      (_, index) => columns[index % 2][index >> 1],
    );
    const fit = seriesNovelty.fit({ data, rowCount, columnCount: 2 }, { seed: 1, rowMs: HOUR_MS });
    const scorer = fit.open();
    let score = NaN;
    for (let row = 0; row <= 650; row++) score = scorer.push(data.subarray(2 * row, 2 * row + 2));
    assertEquals(score, fitted().scoreBatch(columnOf(columns[novel]))[650]);
    const parts = scorer.explain();
    assert(parts[novel] > 10 * parts[1 - novel], `${parts}`);
  });
}

Deno.test("series_novelty gives the bits of an uninterrupted scorer after its lookback", () => {
  const arbitrary = fc.record({
    seed: fc.nat(1000),
    missed: fc.integer({ min: 1, max: 300 }),
    gapEvery: fc.integer({ min: 3, max: 50 }),
    spikeEvery: fc.integer({ min: 7, max: 90 }),
  });
  const fit = fitted({ history_rows: 128, cool_down_rows: 10 });
  fc.assert(
    fc.property(arbitrary, ({ seed, missed, gapEvery, spikeEvery }) => {
      const values = hours(missed + fit.lookbackRows + 200, seed).map((value, row) => {
        if (row % gapEvery === 0) return NaN;
        return row % spikeEvery === 0 ? value * (1 + row % 13) : value;
      });
      const whole = fit.scoreBatch(columnOf(values));
      const late = fit.scoreBatch(tailOf(columnOf(values), missed));
      assertSameBits(late.subarray(fit.lookbackRows), whole.subarray(missed + fit.lookbackRows));
    }),
    { seed: 1, numRuns: 20 },
  );
});

Deno.test("series_novelty takes rows of an untold time for five minutes", () => {
  const untold = seriesNovelty.fit(columnOf([0]), { seed: 1 });
  assertEquals(untold.serialize(), fitted({}, 300_000).serialize());
});

for (const [rowMs, dayRows] of [[1000, 1440], [60_000, 1440], [300_000, 288], [86_400_000, 24]]) {
  Deno.test(`series_novelty takes a day at ${rowMs} ms a row for ${dayRows} rows`, () =>
    assertEquals(
      fitted({}, rowMs).lookbackRows,
      4096 + 1024 + 300 + Math.max(dayRows + 20, 100),
    ));
}

Deno.test("series_novelty has these scores", () => {
  const values = hours(900);
  values[700] = 95;
  values[860] = 20;
  const scores = fitted().scoreBatch(columnOf(values));
  const told = [...scores.keys()].filter((row) => row > 500 && scores[row] > 0.2)
    .map((row) => [row, scores[row]]);
  assertEquals(told, [
    [558, 0.2856200257778592],
    [562, 0.3311144220385668],
    [582, 0.5154248848089151],
    [700, 0.9578815792556358],
    [860, 0.8695859676439995],
  ]);
});

for (
  const [field, columnCount, dayRows] of [
    ["columnCount", 0, 288],
    ["columnCount", 65_536, 288],
    ["dayRows", 1, 23],
    ["dayRows", 1, 1441],
  ] as const
) {
  Deno.test(`series_novelty refuses bytes of ${field} ${columnCount} and ${dayRows}`, () => {
    const parameters = { history_rows: 4096, cool_down_rows: 100 };
    const writer = createByteWriter({ algorithm: "series_novelty", version: 1, parameters });
    writer.integer(columnCount);
    writer.integer(dayRows);
    assertThrows(() => seriesNovelty.restore(writer.finish()), RangeError, field);
  });
}
