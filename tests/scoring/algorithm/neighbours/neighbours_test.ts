import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  kNearestNeighbours,
  localOutlierFactor,
} from "../../../../scoring/algorithm/neighbours/mod.ts";
import { createNearestSearch } from "../../../../scoring/algorithm/neighbours/nearest.ts";
import type { Algorithm } from "../../../../scoring/algorithm/mod.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { bellRows, matrixOf, rowOf } from "../../forest/rows.ts";

type Given = Readonly<Record<string, number>>;

function scoreOf(algorithm: Algorithm, values: readonly number[], at: number, parameters: Given) {
  const rows = matrixOf(values.map((value) => [value]), 1);
  return algorithm.fit(rows, { seed: 1, parameters }).open().push(Float32Array.of(at));
}

/** Standard deviation of n − 1 rows. */
function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

const VALUES = [0, 1, 2, 4, 8, 16];

for (
  const [at, neighbours, mean, distance] of [
    [0, 1, 0, 0],
    [0, 2, 0, 1],
    [0, 3, 0, 2],
    [0, 3, 1, 1],
    [20, 1, 0, 4],
    [20, 2, 1, 8],
    // There are no more than six.
    [0, 100, 0, 16],
  ] as const
) {
  const what = mean === 1 ? "mean distance to" : "distance to the last of";
  Deno.test(`the ${what} ${neighbours} neighbours of ${at} is ${distance}`, () =>
    assertAlmostEquals(
      scoreOf(kNearestNeighbours, VALUES, at, { neighbours, mean }),
      distance / deviationOf(VALUES),
      1e-9,
    ));
}

/** The paper's definitions, as they stand. */
function plainFactor(values: readonly number[], at: number, k: number): number {
  const nearest = (from: number, others: readonly number[]) =>
    [...others].sort((a, b) => Math.abs(a - from) - Math.abs(b - from)).slice(0, k);
  const others = (value: number) => values.filter((other) => other !== value);
  const reach = (value: number) => Math.abs(nearest(value, others(value))[k - 1] - value);
  const density = (from: number, neighbours: readonly number[]) =>
    k / neighbours.reduce((sum, o) => sum + Math.max(reach(o), Math.abs(o - from)), 0);
  const own = nearest(at, values);
  const theirs = own.reduce((sum, o) => sum + density(o, nearest(o, others(o))), 0) / k;
  return theirs / density(at, own);
}

for (const [at, neighbours] of [[0.4, 2], [5.5, 2], [40, 2], [5.5, 3], [-7, 4]] as const) {
  Deno.test(`the factor of ${at} with ${neighbours} neighbours is the paper's`, () =>
    assertAlmostEquals(
      scoreOf(localOutlierFactor, VALUES, at, { neighbours }),
      plainFactor(VALUES, at, neighbours),
      1e-6,
    ));
}

Deno.test("the factor is 1 where all is even, and where there is one row", () => {
  const even = Array.from({ length: 200 }, (_, i) => i);
  const inside = scoreOf(localOutlierFactor, even, 100.5, { neighbours: 10 });
  assertAlmostEquals(inside, 1, 0.05);
  assertAlmostEquals(scoreOf(localOutlierFactor, [3], 3, {}), 1, 1e-9);
});

Deno.test("the nearest rows are those of a full sort, skipped ones left out", () => {
  const columnCount = 7;
  const random = createRandom(4);
  const values = Float64Array.from({ length: 60 * columnCount }, () => random.nextFloat());
  const search = createNearestSearch(values, columnCount, 9);
  for (let row = 0; row < 60; row++) {
    const own = values.subarray(row * columnCount, (row + 1) * columnCount);
    const squareTo = (other: number) =>
      own.reduce((sum, value, i) => sum + (value - values[other * columnCount + i]) ** 2, 0);
    const expected = Array.from({ length: 60 }, (_, other) => other)
      .filter((other) => other !== row)
      .sort((left, right) => squareTo(left) - squareTo(right)).slice(0, 9);
    search.find(own, row);
    assertEquals(Array.from(search.rows), expected);
    search.find(own, -1);
    assertEquals(search.rows[0], row);
  }
});

Deno.test("columns count alike, whatever their units", () => {
  const rows = bellRows(300, 2, 3);
  const scaled = { ...rows, data: rows.data.map((value, i) => i % 2 === 0 ? value : value * 4096) };
  for (const algorithm of [kNearestNeighbours, localOutlierFactor]) {
    assertEquals(
      algorithm.fit(scaled, { seed: 1 }).scoreBatch(scaled),
      algorithm.fit(rows, { seed: 1 }).scoreBatch(rows),
    );
  }
});

Deno.test("small samples tell anomalies that lie together from ordinary rows", () => {
  const rows = bellRows(2000, 2, 5);
  for (let i = 0; i < 40; i++) rows.data[i] = 8 + rows.data[i] / 20;
  const auc = (parameters: Given) => {
    const scores = kNearestNeighbours.fit(rows, { seed: 1, parameters }).scoreBatch(rows);
    const clustered = scores.slice(0, 20).sort();
    const others = scores.slice(20).sort();
    return others.filter((score) => score < clustered[0]).length / others.length;
  };
  assert(auc({}) > 0.99, `${auc({})}`);
  assert(auc({ subsample: 2000, samples: 1 }) < 0.9, `${auc({ subsample: 2000, samples: 1 })}`);
});

Deno.test("a column that is off is what distances are explained by", () => {
  const rows = bellRows(500, 4, 1);
  const off = rowOf(rows, 0).slice();
  off[2] += 9;
  for (const algorithm of [kNearestNeighbours, localOutlierFactor]) {
    const scorer = algorithm.fit(rows, { seed: 1 }).open();
    scorer.push(off);
    const parts = scorer.explain();
    assert(parts[2] > 4 * (parts[0] + parts[1] + parts[3]), `${parts}`);
  }
});

Deno.test("a method is not restored from another one's bytes", () => {
  const bytes = kNearestNeighbours.fit(bellRows(20, 2, 1), { seed: 1 }).serialize();
  assertThrows(() => localOutlierFactor.restore(bytes), RangeError, "k_nearest_neighbours");
});
