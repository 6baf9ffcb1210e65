import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { markedRows, type RowRange, vusPr } from "../../../scoring/evaluate/mod.ts";
import { softLabels } from "../../../scoring/evaluate/vus_pr.ts";

Deno.test("labels fall off by the root of the distance up to half a buffer", () => {
  const soft = softLabels(markedRows(7, [[3, 3]]), 4);
  const [near, far] = [Math.sqrt(3 / 4), Math.sqrt(2 / 4)];
  assertEquals([...soft], [0, far, near, 1, near, far, 0]);
});

Deno.test("labels are at most 1 where two buffers meet", () => {
  const soft = softLabels(markedRows(5, [[1, 1], [3, 3]]), 2);
  assertEquals([...soft], [Math.sqrt(1 / 2), 1, 1, 1, Math.sqrt(1 / 2)]);
});

Deno.test("VUS-PR is 1 for a long range found without buffer errors, and low for its inverse", () => {
  const ranges: RowRange[] = [[200, 299]];
  const soft = softLabels(markedRows(1000, ranges), 100);
  const right = vusPr(soft, ranges);
  const wrong = vusPr(soft.map((label) => -label), ranges);
  assertEquals([right > 0.8, right <= 1, wrong < 0.2], [true, true, true]);
});

Deno.test("VUS-PR is not defined when nothing is anomalous", () =>
  assertEquals(vusPr([1, 2, 3], []), NaN));

/** The definition word by word, threshold by threshold. */
function naiveVusPr(scores: readonly number[], ranges: readonly RowRange[]): number {
  const hard = markedRows(scores.length, ranges);
  const anomalous = hard.reduce((sum, label) => sum + label, 0);
  const sorted = scores.toSorted((a, b) => b - a);
  let volume = 0;
  for (let buffer = 0; buffer <= 100; buffer += 10) {
    const soft = Array.from(hard, (label, row) => {
      // A row's distance to every run of anomalous rows that is near enough.
      let sum = label;
      for (let other = 0; other < hard.length; other++) {
        const distance = Math.abs(other - row);
        const isEnd = hard[other] === 1 && hard[other + (row > other ? 1 : -1)] !== 1;
        if (label === 0 && isEnd && distance <= Math.floor(buffer / 2)) {
          sum += Math.sqrt(1 - distance / buffer);
        }
      }
      return Math.min(1, sum);
    });
    const zoneOf: number[] = [];
    let zones = -1;
    soft.forEach((label, row) => {
      if (label > 0 && !(soft[row - 1] > 0)) zones++;
      zoneOf.push(label > 0 ? zones : -1);
    });
    let recallBefore = 0;
    for (let k = 0; k < 250; k++) {
      const threshold = sorted[Math.floor(k * (scores.length - 1) / 249)];
      const rows = scores.flatMap((score, row) => score >= threshold ? [row] : []);
      const found = rows.reduce((sum, row) => sum + soft[row], 0);
      const foundHard = rows.reduce((sum, row) => sum + hard[row], 0);
      const seen = new Set(rows.map((row) => zoneOf[row]).filter((zone) => zone >= 0)).size;
      const recall = Math.min(found / (anomalous + (found - foundHard) / 2), 1) * seen /
        (zones + 1);
      volume += (recall - recallBefore) * found / rows.length / 11;
      recallBefore = recall;
    }
  }
  return volume;
}

const cases = fc.record({
  scores: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 120 }),
  starts: fc.array(fc.tuple(fc.nat(110), fc.nat(15)), { minLength: 1, maxLength: 3 }),
});

Deno.test("VUS-PR equals a naive implementation of its definition", () =>
  fc.assert(
    fc.property(cases, ({ scores, starts }) => {
      const ranges = starts.filter(([first]) => first < scores.length)
        .map(([first, length]): RowRange => [first, Math.min(first + length, scores.length - 1)]);
      fc.pre(ranges.length > 0);
      assertAlmostEquals(vusPr(scores, ranges), naiveVusPr(scores, ranges), 1e-9);
    }),
    { numRuns: 40 },
  ));
