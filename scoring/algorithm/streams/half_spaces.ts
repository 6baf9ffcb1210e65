import type { Matrix } from "../../forest/mod.ts";
import type { Random } from "../../numeric/mod.ts";
import { tableOf } from "../frame/mod.ts";

/** All trees side by side, each complete: the children of node k are 2k + 1 and 2k + 2. */
export interface HalfSpaces {
  readonly depth: number;
  /** Column and value that each inner node splits at; a row goes right at or above it. */
  readonly columns: Uint16Array;
  readonly splits: Float64Array;
  /** Rows of the last whole window by node, and of the one that is going on. */
  readonly known: Uint32Array;
  readonly latest: Uint32Array;
  /** Rows of the window that is going on. */
  readonly seen: number;
  /** What a missing value counts as: the last known one of its column. */
  readonly last: Float64Array;
}

/** Trees over the space of the rows that know none of them yet. */
export function plantHalfSpaces(
  rows: Matrix,
  { trees, depth }: { readonly trees: number; readonly depth: number },
  random: Random,
): HalfSpaces {
  const { values, rowCount, columnCount, medians } = tableOf(rows);
  const low = medians.slice();
  const high = medians.slice();
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      const value = values[row * columnCount + column];
      low[column] = Math.min(low[column], value);
      high[column] = Math.max(high[column], value);
    }
  }
  const inner = innerCount(depth);
  const columns = new Uint16Array(trees * inner);
  const splits = new Float64Array(trees * inner);
  for (let tree = 0; tree < trees; tree++) {
    const space = workSpace(low, high, random);
    splitSpace(space, 0, inner, (node, column, split) => {
      columns[tree * inner + node] = column;
      splits[tree * inner + node] = split;
    }, random);
  }
  const counts = () => new Uint32Array(trees * nodeCount(depth));
  return { depth, columns, splits, known: counts(), latest: counts(), seen: 0, last: medians };
}

interface Space {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The paper's work range: around a random place s of each column's range, 2 · max(s, 1 − s) wide. */
function workSpace(low: Float64Array, high: Float64Array, random: Random): Space {
  const space = { low: low.slice(), high: low.slice() };
  for (let column = 0; column < low.length; column++) {
    // A constant column has no range; a thousandth of its level lets a change of it show.
    const width = high[column] - low[column] || Math.max(Math.abs(low[column]), 1) / 1024;
    const place = random.nextFloat();
    const reach = 2 * Math.max(place, 1 - place);
    space.low[column] = low[column] + width * (place - reach);
    space.high[column] = low[column] + width * (place + reach);
  }
  return space;
}

/** Halves the space at a random column, and so on below. */
function splitSpace(
  space: Space,
  node: number,
  inner: number,
  take: (node: number, column: number, split: number) => void,
  random: Random,
): void {
  if (node >= inner) return;
  const column = random.below(space.low.length);
  const low = space.low[column];
  const high = space.high[column];
  const split = low + (high - low) / 2;
  take(node, column, split);
  space.high[column] = split;
  splitSpace(space, 2 * node + 1, inner, take, random);
  space.high[column] = high;
  space.low[column] = split;
  splitSpace(space, 2 * node + 2, inner, take, random);
  space.low[column] = low;
}

/** Inner nodes of a tree. */
export function innerCount(depth: number): number {
  return (1 << depth) - 1;
}

/** Nodes of a tree, leaves included. */
export function nodeCount(depth: number): number {
  return (2 << depth) - 1;
}
