import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  checkForest,
  fitForest,
  fitGridForest,
  type Forest,
  GRID_KNOTS,
  gridCode,
  gridValue,
  type Matrix,
  scoreForest,
} from "../../../scoring/forest/mod.ts";
import { bellRows, matrixOf, rowOf } from "./rows.ts";

/** Rows that reach each node of the first tree. */
function coversOf({ child, splitFeature, splitValue }: Forest, rows: Matrix): number[] {
  const covers = new Array(child.length).fill(0);
  for (let i = 0; i < rows.rowCount; i++) {
    const row = rowOf(rows, i);
    for (let node = 0;;) {
      covers[node]++;
      if (child[node] === 0) break;
      node = child[node] + +(row[splitFeature[node]] >= splitValue[node]);
    }
  }
  return covers;
}

const anyRows = fc.array(fc.tuple(fc.float(), fc.float({ noNaN: true })), {
  minLength: 1,
  maxLength: 60,
});

Deno.test("thresholds of a grid forest are its grid points, and part the rows as in fitting", () =>
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 0, max: 1000 }), (list, seed) => {
      const rows = matrixOf(list, 2);
      const forest = fitGridForest(rows, { treeCount: 1, subsampleSize: 60, seed });
      checkForest(forest);
      assertEquals(coversOf(forest, rows), [...forest.size]);
      const knots = forest.gridKnots ?? new Float32Array();
      forest.child.forEach((left, node) => {
        if (left === 0) return;
        const code = gridCode(knots, forest.splitFeature[node], forest.splitValue[node]);
        assertEquals(gridValue(knots, forest.splitFeature[node], code), forest.splitValue[node]);
      });
    }),
  ));

Deno.test("grid points never fall, begin at the least knot and stay below the greatest", () =>
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
        minLength: GRID_KNOTS,
        maxLength: GRID_KNOTS,
      }),
      fc.integer({ min: 0, max: 65_500 }),
      (values, from) => {
        const knots = Float32Array.from(values).sort();
        assertEquals(gridValue(knots, 0, 0), knots[0]);
        for (let code = from; code < from + 35; code++) {
          const point = gridValue(knots, 0, code);
          assert(point <= gridValue(knots, 0, code + 1));
          assert(point >= knots[0] && point <= knots[GRID_KNOTS - 1]);
        }
      },
    ),
  ));

for (
  const [what, warp] of [
    ["bell-shaped", (value: number) => value],
    ["of heavy tails", (value: number) => Math.sinh(3 * value)],
    ["whole numbers", (value: number) => Math.round(2 * value)],
  ] as const
) {
  Deno.test(`a grid ranks as exact thresholds do rows that are ${what}`, () => {
    const bell = bellRows(3000, 4, 8);
    const rows = { ...bell, data: bell.data.map(warp) };
    const options = { treeCount: 200, subsampleSize: 256, seed: 3 };
    const exact = scoreForest(fitForest(rows, options), rows);
    const other = scoreForest(fitForest(rows, { ...options, seed: 4 }), rows);
    const grid = scoreForest(fitGridForest(rows, { ...options, seed: 4 }), rows);
    // As near to an exact forest as one of another seed is, which differ by a hundredth.
    assert(rankCorrelation(exact, grid) > rankCorrelation(exact, other) - 0.01);
  });
}

Deno.test("rows that are equal or never finite give a grid forest of roots", () => {
  for (const rows of [[[1, 2], [1, 2]], [[NaN, Infinity], [NaN, Infinity]]]) {
    const options = { treeCount: 3, subsampleSize: 2, seed: 1 };
    assertEquals(fitGridForest(matrixOf(rows, 2), options).child.length, 3);
  }
});

/** Spearman's. */
function rankCorrelation(left: Float64Array, right: Float64Array): number {
  const ranks = (scores: Float64Array) => {
    const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
    const rank = new Float64Array(scores.length);
    order.forEach((row, i) => rank[row] = i);
    return rank;
  };
  const [a, b] = [ranks(left), ranks(right)];
  const n = a.length;
  const squares = a.reduce((sum, rank, i) => sum + (rank - b[i]) * (rank - b[i]), 0);
  return 1 - 6 * squares / (n * (n * n - 1));
}
