/** What every method must keep: its bits, and what it was fitted to as bytes. */
import { assertEquals, assertThrows } from "@std/assert";
import type { Subject } from "./conformance.ts";
import { assertSameBits, rowOf, scoreOneByOne, tailOf } from "./conformance_rows.ts";

/** Registers the tests of scores that must not differ by a bit. */
export function describeBits({ algorithm, train, later, fit }: Subject): void {
  Deno.test(`${algorithm.name} gives the same bytes for the same rows, parameters and seed`, () => {
    assertEquals(fit(train).serialize(), fit(train).serialize());
    assertSameBits(fit(train).scoreBatch(later), fit(train).scoreBatch(later));
  });

  Deno.test(`${algorithm.name} leaves the rows as they were`, () => {
    const before = train.data.slice();
    const scored = later.data.slice();
    fit(train).scoreBatch(later);
    assertEquals(train.data, before);
    assertEquals(later.data, scored);
  });

  Deno.test(`${algorithm.name} scores a batch with the bits of one row after the other`, () => {
    const fitted = fit(train);
    const { columnCount, data } = later;
    const rows = { ...later, data: data.map((value, i) => i % 23 === 0 ? NaN : value) };
    const batch = fitted.scoreBatch(rows);
    assertSameBits(scoreOneByOne(fitted, rows), batch);
    assertSameBits(fitted.scoreBatch(rows), batch);
    assertEquals(fitted.columnCount, columnCount);
  });

  Deno.test(`${algorithm.name} does not change by explaining`, () => {
    const fitted = fit(train);
    const scorer = fitted.open();
    const scores = Float64Array.from({ length: later.rowCount }, (_, row) => {
      const score = scorer.push(rowOf(later, row));
      assertEquals(scorer.explain(), scorer.explain());
      return score;
    });
    assertSameBits(scores, fitted.scoreBatch(later));
  });

  if (algorithm.input === "series") return;
  Deno.test(`${algorithm.name} scores each row by itself`, () => {
    const fitted = fit(train);
    const half = tailOf(later, later.rowCount / 2);
    assertSameBits(
      fitted.scoreBatch(half),
      fitted.scoreBatch(later).subarray(later.rowCount / 2),
    );
  });
}

/** Registers the tests of serialize and restore. */
export function describeBytes({ algorithm, train, later, fit }: Subject): void {
  Deno.test(`${algorithm.name} is restored from its bytes with the same bits`, () => {
    const fitted = fit(train);
    const bytes = fitted.serialize();
    const restored = algorithm.restore(bytes);
    assertSameBits(restored.scoreBatch(later), fitted.scoreBatch(later));
    assertEquals(restored.serialize(), bytes);
    assertEquals(
      [restored.columnCount, restored.lookbackRows, restored.scale, restored.alerts],
      [fitted.columnCount, fitted.lookbackRows, fitted.scale, fitted.alerts],
    );
    const [scorer, other] = [restored.open(), fitted.open()];
    scorer.push(rowOf(later, 0));
    other.push(rowOf(later, 0));
    assertSameBits(scorer.explain(), other.explain());
  });

  Deno.test(`${algorithm.name} is restored from a part of a longer buffer`, () => {
    const bytes = fit(train).serialize();
    const buffer = new Uint8Array(bytes.length + 8);
    buffer.set(bytes, 3);
    assertEquals(algorithm.restore(buffer.subarray(3, 3 + bytes.length)).serialize(), bytes);
  });

  Deno.test(`${algorithm.name} refuses bytes that are damaged`, () => {
    const bytes = fit(train).serialize();
    for (let i = 0; i < 40; i++) {
      const damaged = bytes.slice();
      damaged[Math.floor(i * (bytes.length - 1) / 39)] ^= 1 << (i % 8);
      assertThrows(() => algorithm.restore(damaged), RangeError);
    }
    for (const length of [0, 1, 7, 16, Math.floor(bytes.length / 2), bytes.length - 1]) {
      assertThrows(() => algorithm.restore(bytes.subarray(0, length)), RangeError);
    }
    assertThrows(() => algorithm.restore(Uint8Array.of(...bytes.slice(-9), 0)), RangeError);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    assertThrows(() => algorithm.restore(longer), RangeError);
  });
}
