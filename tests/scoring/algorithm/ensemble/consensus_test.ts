import { assert } from "@std/assert";
import { robustCovariance } from "../../../../scoring/algorithm/covariance/mod.ts";
import { consensus } from "../../../../scoring/algorithm/ensemble/mod.ts";
import { isolationForest } from "../../../../scoring/algorithm/forest/mod.ts";
import type { Algorithm } from "../../../../scoring/algorithm/mod.ts";
import { rocAuc } from "../../../../scoring/evaluate/mod.ts";
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { bellRows } from "../../forest/rows.ts";

/** Two far clusters; the first rows lie between them, far from both. */
function between(): Matrix {
  const rows = bellRows(800, 3, 1);
  for (let row = 0; row < rows.rowCount; row++) {
    const centre = row < 20 ? 0 : row % 2 === 0 ? -9 : 9;
    for (let column = 0; column < 3; column++) rows.data[3 * row + column] += centre;
  }
  return rows;
}

/** Columns that go together; in the first rows each is ordinary and they do not. */
function apart(): Matrix {
  const rows = bellRows(800, 4, 2);
  for (let row = 0; row < rows.rowCount; row++) {
    const [first, second, third] = rows.data.subarray(4 * row);
    const sign = row < 20 ? -1 : 1;
    rows.data[4 * row + 1] = sign * first + 0.2 * second;
    rows.data[4 * row + 3] = sign * third + 0.2 * second;
  }
  return rows;
}

function aucOf(algorithm: Algorithm, rows: Matrix): number {
  const labels = Uint8Array.from({ length: rows.rowCount }, (_, row) => row < 20 ? 1 : 0);
  return rocAuc(algorithm.fit(rows, { seed: 1 }).scoreBatch(rows), labels);
}

Deno.test("consensus finds rows between clusters, where the covariance alone does not", () => {
  const rows = between();
  assert(aucOf(robustCovariance, rows) < 0.2);
  assert(aucOf(consensus, rows) > 0.95);
});

Deno.test("consensus finds rows whose columns are odd together better than single splits do", () => {
  const rows = apart();
  assert(aucOf(consensus, rows) > aucOf(isolationForest, rows) + 0.02);
});

Deno.test("consensus keeps the order of rows that are beyond all training rows", () => {
  const rows = bellRows(500, 3, 4);
  const fitted = consensus.fit(rows, { seed: 1 });
  const far = Float32Array.from([5, 10, 20, 40, 1000].flatMap((value) => [value, value, value]));
  const scores = fitted.scoreBatch({ data: far, rowCount: 5, columnCount: 3 });
  for (let row = 1; row < 5; row++) assert(scores[row] > scores[row - 1], `${scores}`);
});
