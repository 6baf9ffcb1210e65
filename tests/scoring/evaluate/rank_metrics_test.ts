import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { averagePrecision, rocAuc } from "../../../scoring/evaluate/mod.ts";

/** Scores with labels, and what was computed by hand. */
const CASES = [
  { what: "all anomalies first", scores: [4, 3, 2, 1], labels: [1, 1, 0, 0], ap: 1, auc: 1 },
  { what: "all anomalies last", scores: [1, 2, 3, 4], labels: [1, 0, 0, 0], ap: 1 / 4, auc: 0 },
  // Recall steps of one half at precisions 1 and 2/3; 3 of 4 pairs in order.
  {
    what: "one normal row between",
    scores: [4, 3, 2, 1],
    labels: [1, 0, 1, 0],
    ap: 5 / 6,
    auc: 3 / 4,
  },
  { what: "all scores equal", scores: [7, 7, 7, 7], labels: [1, 0, 0, 0], ap: 1 / 4, auc: 1 / 2 },
  // The tie of an anomaly and a normal row counts one half: (1 + 1/2) of 2 pairs.
  { what: "a tie at the top", scores: [2, 2, 1], labels: [1, 0, 0], ap: 1 / 2, auc: 3 / 4 },
] as const;

for (const { what, scores, labels, ap, auc } of CASES) {
  Deno.test(`average precision and ROC area with ${what}`, () => {
    assertAlmostEquals(averagePrecision(scores, labels), ap, 1e-12);
    assertAlmostEquals(rocAuc(scores, labels), auc, 1e-12);
  });
}

Deno.test("average precision and ROC area are not defined when nothing is anomalous", () => {
  assertEquals(averagePrecision([1, 2], [0, 0]), NaN);
  assertEquals(rocAuc([1, 2], [0, 0]), NaN);
  assertEquals(rocAuc([1, 2], [1, 1]), NaN);
});

const labelled = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean()), {
  minLength: 1,
  maxLength: 60,
}).map((rows) => ({
  scores: rows.map(([score]) => score),
  labels: rows.map(([, label]) => label ? 1 : 0),
}));

Deno.test("the ROC area is the share of pairs in order", () =>
  fc.assert(fc.property(labelled, ({ scores, labels }) => {
    let [pairs, inOrder] = [0, 0];
    scores.forEach((anomalous, i) =>
      scores.forEach((normal, j) => {
        if (labels[i] === 0 || labels[j] === 1) return;
        pairs++;
        inOrder += anomalous > normal ? 1 : anomalous === normal ? 0.5 : 0;
      })
    );
    const auc = rocAuc(scores, labels);
    if (pairs === 0) assertEquals(auc, NaN);
    else assertAlmostEquals(auc, inOrder / pairs, 1e-9);
  })));

Deno.test("average precision is the sum over thresholds of recall step times precision", () =>
  fc.assert(fc.property(labelled, ({ scores, labels }) => {
    const positives = labels.filter((label) => label === 1).length;
    fc.pre(positives > 0);
    let [area, recallBefore] = [0, 0];
    for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
      const reaching = labels.filter((_, row) => scores[row] >= threshold);
      const found = reaching.filter((label) => label === 1).length;
      area += (found / positives - recallBefore) * found / reaching.length;
      recallBefore = found / positives;
    }
    assertAlmostEquals(averagePrecision(scores, labels), area, 1e-9);
  })));

Deno.test("only the order of the scores counts", () =>
  fc.assert(fc.property(labelled, ({ scores, labels }) => {
    const other = scores.map((score) => score * score * score - 5);
    assertEquals(averagePrecision(other, labels), averagePrecision(scores, labels));
    assertEquals(rocAuc(other, labels), rocAuc(scores, labels));
  })));
