/** What every method of detection must do, whatever it finds: one suite for all of them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Algorithm, Fitted } from "../../../scoring/algorithm/mod.ts";
import type { Matrix } from "../../../scoring/forest/mod.ts";
import { quantile } from "../../../scoring/numeric/mod.ts";
import {
  assertFinite,
  headOf,
  ROW_MS,
  rowOf,
  tailOf,
  trainingRows,
  withSpike,
} from "./conformance_rows.ts";
import { describeBits, describeBytes } from "./conformance_bytes.ts";
import { describeSeries } from "./conformance_series.ts";

/** How a method is tested. */
export interface Conformance {
  /** Others than the defaults, for methods that would take too long. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Columns of the rows; methods of a single column have 1. */
  readonly columnCount?: number;
  /** False for methods that look for something else than values that are far off. */
  readonly findsSpikes?: boolean;
}

/** What the tests of one method share. */
export interface Subject {
  readonly algorithm: Algorithm;
  /** Rows to train on, and as many that follow them. */
  readonly train: Matrix;
  readonly later: Matrix;
  fit(rows: Matrix, seed?: number): Fitted;
}

/** Registers the tests that every method must pass, under its name. */
export function describeAlgorithm(algorithm: Algorithm, conformance: Conformance = {}): void {
  const { parameters = {}, columnCount = 3, findsSpikes = true } = conformance;
  const rows = trainingRows(algorithm.input, columnCount);
  const subject: Subject = {
    algorithm,
    train: headOf(rows, rows.rowCount / 2),
    later: tailOf(rows, rows.rowCount / 2),
    fit: (rows, seed = 7) => algorithm.fit(rows, { seed, parameters, rowMs: ROW_MS }),
  };
  describeFace(subject);
  describeScores(subject);
  if (findsSpikes) describeSpikes(subject);
  describeOddRows(subject);
  describeBits(subject);
  describeBytes(subject);
  describeRefusals(subject, columnCount);
  if (algorithm.input === "series") describeSeries(subject);
}

function describeFace({ algorithm, train, fit }: Subject): void {
  Deno.test(`${algorithm.name} says what it is and what its parameters may be`, () => {
    assert(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(algorithm.name));
    assert(algorithm.source.length > 0);
    for (const [name, { min, max, help, ...rule }] of Object.entries(algorithm.parameters)) {
      assert(min <= rule.default && rule.default <= max, name);
      assert(!rule.integer || Number.isInteger(rule.default), name);
      assert(help.length > 0, name);
    }
  });

  Deno.test(`${algorithm.name} knows the columns and the memory of what it has fitted`, () => {
    const { columnCount, lookbackRows } = fit(train);
    assertEquals(columnCount, train.columnCount);
    assert(lookbackRows >= 0);
    if (algorithm.input === "rows") assertEquals(lookbackRows, 0);
  });

  Deno.test(`${algorithm.name} has alert levels in their order, where it has any`, () => {
    const { alerts } = fit(train);
    if (!alerts) return;
    assertFinite([alerts.threshold, alerts.release]);
    assert(alerts.release <= alerts.threshold);
  });
}

function describeScores({ algorithm, train, later, fit }: Subject): void {
  const isSeries = algorithm.input === "series";

  Deno.test(`${algorithm.name} gives finite scores, absolute ones in (0, 1]`, () => {
    const fitted = fit(train);
    const scores = fitted.scoreBatch(later);
    assertEquals(scores.length, later.rowCount);
    const told = isSeries ? scores.filter((score) => !Number.isNaN(score)) : scores;
    assert(told.length > later.rowCount / 4, `only ${told.length} scores`);
    assertFinite(told);
    if (fitted.scale === "absolute") assert(told.every((score) => score > 0 && score <= 1));
  });
}

function describeSpikes({ algorithm, train, later, fit }: Subject): void {
  const isSeries = algorithm.input === "series";

  Deno.test(`${algorithm.name} scores an evident outlier above the median of other rows`, () => {
    const at = later.rowCount - 20;
    const spiked = withSpike(later, at, 3);
    const scores = fit(train).scoreBatch(spiked);
    const others = scores.slice(0, at).filter((score) => !Number.isNaN(score)).sort();
    const worst = Math.max(...scores.slice(at, isSeries ? at + 6 : at + 3));
    assert(worst > quantile(others, 0.5), `${worst} is not above the median`);
  });

  Deno.test(`${algorithm.name} explains the row that was pushed last by its columns`, () => {
    const spiked = withSpike(later, later.rowCount - 1, 1);
    const scorer = fit(train).open();
    for (let row = 0; row < spiked.rowCount; row++) scorer.push(rowOf(spiked, row));
    const parts = scorer.explain();
    assertEquals(parts.length, later.columnCount);
    assertFinite(parts);
    assert(parts.every((part) => part >= 0));
    assert(parts.some((part) => part > 0));
    const expected = scorer.expected?.();
    if (expected) assertEquals(expected.length, later.columnCount);
  });
}

function describeOddRows({ algorithm, train, later, fit }: Subject): void {
  const odd: readonly (readonly [string, number])[] = [
    ["missing", NaN],
    ["infinite", Infinity],
    ["the least there are", -3.4028234663852886e38],
    ["the greatest there are", 3.4028234663852886e38],
    ["next to nothing", 1.401298464324817e-45],
  ];
  for (const [name, value] of odd) {
    Deno.test(`${algorithm.name} scores rows whose values are ${name}`, () => {
      const { columnCount, data } = later;
      const some = data.map((known, i) => i % 7 === 0 ? value : known);
      some.fill(value, 10 * columnCount, 11 * columnCount);
      assertScored(fit(train), { ...later, data: some });
    });

    Deno.test(`${algorithm.name} is fitted to rows whose values are ${name}`, () => {
      const { columnCount, data } = train;
      const some = data.map((known, i) => i % 7 === 0 ? value : known);
      some.fill(value, 10 * columnCount, 11 * columnCount);
      assertScored(fit({ ...train, data: some }), later);
      assertScored(fit({ ...train, data: data.map(() => value) }), later);
    });
  }

  Deno.test(`${algorithm.name} passes over constant columns`, () => {
    const { columnCount, data } = train;
    assertScored(fit({ ...train, data: data.map(() => 5) }), later);
    const one = data.map((value, i) => i % columnCount === 0 ? 5 : value);
    assertScored(fit({ ...train, data: one }), later);
  });

  Deno.test(`${algorithm.name} is fitted to one row, or two`, () => {
    assertScored(fit(headOf(train, 1)), headOf(later, 50));
    assertScored(fit(headOf(train, 2)), headOf(later, 50));
  });

  Deno.test(`${algorithm.name} is fitted to one column`, () => {
    const one = trainingRows(algorithm.input, 1);
    assertScored(fit(headOf(one, train.rowCount)), tailOf(one, train.rowCount));
  });

  Deno.test(`${algorithm.name} scores no rows`, () =>
    assertEquals(fit(train).scoreBatch(headOf(later, 0)).length, 0));

  function assertScored(fitted: Fitted, rows: Matrix): void {
    const scores = fitted.scoreBatch(rows);
    assertEquals(scores.length, rows.rowCount);
    assertFinite(
      algorithm.input === "series" ? scores.filter((score) => !Number.isNaN(score)) : scores,
    );
    const scorer = fitted.open();
    scorer.push(rowOf(rows, 10));
    const parts = scorer.explain();
    assertFinite(parts);
    assert(parts.every((part) => part >= 0));
  }
}

function describeRefusals({ algorithm, train, later, fit }: Subject, columnCount: number): void {
  Deno.test(`${algorithm.name} refuses training rows of a wrong shape`, () => {
    const { data, rowCount } = train;
    assertThrows(() => fit({ data: new Float32Array(0), rowCount: 0, columnCount }), RangeError);
    assertThrows(() => fit({ data: new Float32Array(0), rowCount, columnCount: 0 }), RangeError);
    assertThrows(() => fit({ ...train, data: data.subarray(1) }), RangeError);
  });

  Deno.test(`${algorithm.name} refuses rows of another width and names both`, () => {
    const fitted = fit(train);
    const wider = columnCount + 8;
    const naming = (message: string) => {
      assert(message.includes(`${columnCount}`) && message.includes(`${wider}`), message);
    };
    const data = new Float32Array(2 * wider);
    naming(
      assertThrows(
        () => fitted.scoreBatch({ data, rowCount: 2, columnCount: wider }),
        RangeError,
      ).message,
    );
    naming(
      assertThrows(() => fitted.open().push(data.subarray(0, wider)), RangeError).message,
    );
    assertThrows(
      () => fitted.scoreBatch({ ...later, data: later.data.subarray(1) }),
      RangeError,
    );
  });

  Deno.test(`${algorithm.name} refuses a parameter that is unknown, by its name`, () => {
    assertThrows(
      () => algorithm.fit(train, { seed: 1, parameters: { no_such_thing: 1 } }),
      RangeError,
      "no_such_thing",
    );
  });

  for (const [name, { min, max, integer }] of Object.entries(algorithm.parameters)) {
    Deno.test(`${algorithm.name} refuses ${name} out of its range, by its name`, () => {
      const beyond = [min - 1, max + Math.max(1, Math.abs(max))];
      const wrong = [NaN, ...beyond.filter((value) => value < min || value > max)];
      if (integer && min < max) wrong.push(min + 0.5);
      for (const value of wrong) {
        assertThrows(
          () => algorithm.fit(train, { seed: 1, parameters: { [name]: value } }),
          RangeError,
          name,
        );
      }
    });
  }
}
