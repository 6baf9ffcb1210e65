import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  createCutTree,
  type CutTree,
  displacement,
  insertRow,
  removeRow,
  shapeOf,
  treeOf,
} from "../../../../../scoring/algorithm/streams/random_cut/mod.ts";
import { createRandom } from "../../../../../scoring/numeric/mod.ts";

function treeWith(rows: readonly Float32Array[], seed: number): CutTree {
  const tree = createCutTree(64, 2);
  const random = createRandom(seed);
  for (const row of rows) insertRow(tree, row, random);
  return tree;
}

const rowsOf = (values: readonly (readonly number[])[]) =>
  values.map((row) => Float32Array.from(row));

/** A node's mass and box are those of the rows at or below it. */
function assertSound(tree: CutTree, rows: readonly Float32Array[], node = tree.root): void {
  if (rows.length === 0) return assertEquals(node, -1);
  assertEquals(tree.mass[node], rows.length);
  for (let column = 0; column < 2; column++) {
    const values = rows.map((row) => row[column]);
    assertEquals(tree.low[node * 2 + column], Math.min(...values));
    assertEquals(tree.high[node * 2 + column], Math.max(...values));
  }
  const [column, cut] = [tree.columns[node], tree.cuts[node]];
  if (column < 0) return;
  assertSound(tree, rows.filter((row) => row[column] <= cut), tree.left[node]);
  assertSound(tree, rows.filter((row) => row[column] > cut), tree.right[node]);
}

const someRow = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }));

Deno.test("a tree is sound whatever rows come and go, equal ones too", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(someRow, fc.boolean()), { maxLength: 60 }),
    fc.nat(1000),
    (steps, seed) => {
      const tree = createCutTree(64, 2);
      const random = createRandom(seed);
      const rows: Float32Array[] = [];
      for (const [row, isLeaving] of steps) {
        if (isLeaving && rows.length > 0) {
          removeRow(tree, rows.shift()!);
        } else {
          rows.push(Float32Array.from(row));
          insertRow(tree, rows[rows.length - 1], random);
        }
        assertSound(tree, rows);
      }
    },
  ));
});

Deno.test("a tree is planted again from its shape", () => {
  fc.assert(fc.property(
    fc.array(someRow, { minLength: 1, maxLength: 40 }),
    fc.nat(1000),
    (values, seed) => {
      const rows = rowsOf(values);
      const shape = shapeOf(treeWith(rows, seed), rows);
      const again = treeOf(shape, rows, 64, 2);
      assertSound(again, rows);
      assertEquals(shapeOf(again, rows), shape);
    },
  ));
});

Deno.test("a shape that is no tree of the rows is refused", () => {
  const rows = rowsOf([[0, 0], [1, 0]]);
  const shape = {
    columns: Uint16Array.of(1, 0, 0),
    cuts: Float64Array.of(0.5),
    leaves: Uint32Array.of(0, 1),
  };
  assertSound(treeOf(shape, rows, 64, 2), rows);
  for (
    const change of [
      { columns: Uint16Array.of(1, 0) },
      { columns: Uint16Array.of(0, 0, 0) },
      { columns: new Uint16Array(0) },
      { cuts: new Float64Array(0) },
      { cuts: Float64Array.of(0.5, 1) },
      { cuts: Float64Array.of(7) },
      { leaves: Uint32Array.of(0, 2) },
      { leaves: Uint32Array.of(1, 0) },
      { leaves: Uint32Array.of(0, 1, 1) },
    ]
  ) {
    assertThrows(() => treeOf({ ...shape, ...change }, rows, 64, 2), RangeError);
  }
});

Deno.test("the displacement of a row beside two others is what the paper's formula gives", () => {
  const rows = rowsOf([[0, 0], [1, 0]]);
  const row = Float32Array.of(4, 0);
  // Parted from both with 3/4, displacing 2; else from 1 alone: 1.
  assertAlmostEquals(displacement(treeWith(rows, 1), row), 0.75 * 2 + 0.25 * 1, 1e-12);
});

Deno.test("the displacement is the mean of what inserted rows displace", () => {
  const random = createRandom(4);
  const rows = Array.from(
    { length: 20 },
    () => Float32Array.of(random.nextFloat(), random.nextFloat()),
  );
  const row = Float32Array.of(1.3, 0.5);
  const tree = treeWith(rows, 5);
  const shape = shapeOf(tree, rows);
  let sum = 0;
  for (let round = 0; round < 4000; round++) {
    const grown = treeOf(shape, rows, 64, 2);
    insertRow(grown, row, random);
    sum += displacedBy(grown, row);
  }
  const expected = displacement(tree, row);
  assert(Math.abs(sum / 4000 - expected) < 0.03 * expected, `${sum / 4000}, ${expected}`);
});

/** Greatest ratio on the way from the root of rows beside the row's side to rows on it. */
function displacedBy(tree: CutTree, row: Float32Array): number {
  let most = 0;
  let node = tree.root;
  while (tree.columns[node] >= 0) {
    const next = row[tree.columns[node]] <= tree.cuts[node] ? tree.left[node] : tree.right[node];
    most = Math.max(most, (tree.mass[node] - tree.mass[next]) / tree.mass[next]);
    node = next;
  }
  return most;
}
