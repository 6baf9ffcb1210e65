import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  extendedIsolationForest,
  isolationForest,
} from "../../../../scoring/algorithm/forest/mod.ts";
import {
  fitForest,
  fitGridForest,
  measureDensities,
  scoreForest,
} from "../../../../scoring/forest/mod.ts";
import { median } from "../../../../scoring/numeric/mod.ts";
import { bellRows, rowOf } from "../../forest/rows.ts";

const rows = bellRows(600, 4, 1);
const OPTIONS = { treeCount: 100, subsampleSize: 256, seed: 9 };

Deno.test("isolation_forest gives the scores of its forest", () => {
  const fitted = isolationForest.fit(rows, { seed: 9 });
  assertEquals(fitted.scoreBatch(rows), scoreForest(fitForest(rows, OPTIONS), rows));
  assertEquals(fitted.scale, "absolute");
});

Deno.test("isolation_forest keeps thresholds on a grid where it is asked to", () => {
  const fitted = isolationForest.fit(rows, { seed: 9, parameters: { grid: 1 } });
  assertEquals(fitted.scoreBatch(rows), scoreForest(fitGridForest(rows, OPTIONS), rows));
  const exact = isolationForest.fit(rows, { seed: 9 });
  assert(fitted.serialize().length < exact.serialize().length);
});

for (
  const [parameters, options] of [
    [{}, { gainShare: 0.5 }],
    [{ gainShare: 0, heightLimit: 64 }, { gainShare: 0, heightLimit: 64 }],
    [{ treeCount: 20, subsampleSize: 64 }, { gainShare: 0.5, treeCount: 20, subsampleSize: 64 }],
  ] as const
) {
  Deno.test(`extended_isolation_forest with ${JSON.stringify(parameters)} is its forest`, () => {
    const forest = fitForest(rows, { ...OPTIONS, splits: "oblique", ...options });
    const fitted = extendedIsolationForest.fit(rows, { seed: 9, parameters });
    assertEquals(fitted.scoreBatch(rows), scoreForest(forest, rows));
    assertEquals(fitted.scale, "absolute");
  });
}

Deno.test("extended_isolation_forest scores by densities on a scale of its own", () => {
  const fitted = extendedIsolationForest.fit(rows, { seed: 9, parameters: { density: 1 } });
  assertEquals(fitted.scale, "relative");
  const restored = extendedIsolationForest.restore(fitted.serialize());
  assertEquals(restored.scale, "relative");
  assertEquals(restored.scoreBatch(rows), fitted.scoreBatch(rows));
  assertNotEquals(
    extendedIsolationForest.fit(rows, { seed: 9 }).scoreBatch(rows),
    fitted.scoreBatch(rows),
  );
});

Deno.test("a missing value counts as its column's median", () => {
  const column = Array.from({ length: rows.rowCount }, (_, row) => rowOf(rows, row)[1]);
  const known = rowOf(rows, 3).slice();
  const missing = known.slice();
  known[1] = median(column);
  missing[1] = NaN;
  for (const algorithm of [isolationForest, extendedIsolationForest]) {
    const scorer = algorithm.fit(rows, { seed: 9 }).open();
    assertEquals(scorer.push(missing), scorer.push(known));
  }
});

for (const density of [0, 1]) {
  Deno.test(`a column that is off is what a forest explains by, with density ${density}`, () => {
    const off = rowOf(rows, 5).slice();
    off[2] += 9;
    const scorer = extendedIsolationForest.fit(rows, { seed: 9, parameters: { density } }).open();
    scorer.push(off);
    const parts = scorer.explain();
    assertEquals(parts.indexOf(Math.max(...parts)), 2);
  });
}

Deno.test("a forest is not restored from another kind's bytes", () => {
  const narrow = isolationForest.fit(bellRows(50, 2, 1), { seed: 1 });
  assertEquals(isolationForest.restore(narrow.serialize()).columnCount, 2);
  assertThrows(
    () => extendedIsolationForest.restore(narrow.serialize()),
    RangeError,
    "extended_isolation_forest",
  );
});

Deno.test("densities of the same forest, rows and seed are the same", () => {
  const forest = fitForest(rows, { ...OPTIONS, splits: "oblique" });
  assertEquals(measureDensities(forest, rows, 4), measureDensities(forest, rows, 4));
  assertNotEquals(
    measureDensities(forest, bellRows(5000, 4, 2), 4),
    measureDensities(forest, bellRows(5000, 4, 2), 5),
  );
});
