/** What every method for series must do besides: look back only, and go on where it was. */
import { assert } from "@std/assert";
import type { Scorer } from "../../../scoring/algorithm/mod.ts";
import type { Matrix } from "../../../scoring/forest/mod.ts";
import type { Subject } from "./conformance.ts";
import { assertSameBits, headOf, rowOf, scoreOneByOne, tailOf } from "./conformance_rows.ts";

/** Registers the tests of methods whose input is a series. */
export function describeSeries({ algorithm, train, later, fit }: Subject): void {
  Deno.test(`${algorithm.name} does not look ahead`, () => {
    const fitted = fit(train);
    const scores = fitted.scoreBatch(later);
    for (const rowCount of [1, 2, 50, later.rowCount - 1]) {
      assertSameBits(
        fitted.scoreBatch(headOf(later, rowCount)),
        scores.subarray(0, rowCount),
      );
    }
    const data = later.data.slice();
    data.fill(1000, later.columnCount * 100);
    assertSameBits(
      fitted.scoreBatch({ ...later, data }).subarray(0, 100),
      scores.subarray(0, 100),
    );
  });

  Deno.test(`${algorithm.name} has scorers that know nothing of one another`, () => {
    const fitted = fit(train);
    const busy = fitted.open();
    const other = fitted.open();
    for (let row = 0; row < 50; row++) busy.push(rowOf(later, row));
    assertSameBits(scoresOf(other, later), scoreOneByOne(fitted, later));
  });

  Deno.test(`${algorithm.name} goes on with the same bits when it is built again`, () => {
    const fitted = fit(train);
    const { lookbackRows } = fitted;
    if (!Number.isFinite(lookbackRows)) return;
    const rows = repeated(later, lookbackRows + 100);
    const scores = fitted.scoreBatch(rows);
    for (const missed of [1, 37, 50]) {
      const rebuilt = fitted.scoreBatch(tailOf(rows, missed));
      assertSameBits(rebuilt.subarray(lookbackRows), scores.subarray(missed + lookbackRows));
    }
  });

  Deno.test(`${algorithm.name} keeps what it has learned, where it never stops learning`, () => {
    const fitted = fit(train);
    const scorer = fitted.open();
    if (Number.isFinite(fitted.lookbackRows) && !scorer.fitted) return;
    const half = later.rowCount / 2;
    for (let row = 0; row < half; row++) scorer.push(rowOf(later, row));
    const learned = scorer.fitted?.();
    assert(learned, "a method without bounds of memory must tell what it has learned");
    const goesOn = algorithm.restore(learned.serialize()).open();
    const rest = tailOf(later, half);
    assertSameBits(scoresOf(goesOn, rest), scoresOf(scorer, rest));
  });
}

/** The rows again and again, until there are so many. */
function repeated({ data, columnCount }: Matrix, rowCount: number): Matrix {
  const length = rowCount * columnCount;
  return {
    data: Float32Array.from({ length }, (_, i) => data[i % data.length]),
    rowCount,
    columnCount,
  };
}

function scoresOf(scorer: Scorer, rows: Matrix): Float64Array {
  return Float64Array.from({ length: rows.rowCount }, (_, row) => scorer.push(rowOf(rows, row)));
}
