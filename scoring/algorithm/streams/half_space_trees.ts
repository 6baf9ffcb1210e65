import { createRandom, log2 } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader, ByteWriter } from "../bytes/mod.ts";
import { finite, seriesAlgorithm, type SeriesWatch, VALUE_MAX } from "../frame/mod.ts";
import { type HalfSpaces, innerCount, nodeCount, plantHalfSpaces } from "./half_spaces.ts";

/** 2¹² leaves: windows have no more rows to tell apart. */
const DEPTH_MAX = 12;
const TREES_MAX = 200;

const parameters = {
  trees: { default: 25, min: 1, max: TREES_MAX, integer: true, help: "trees" },
  depth: { default: 8, min: 1, max: DEPTH_MAX, integer: true, help: "splits from root to leaf" },
  window: {
    default: 250,
    min: 2,
    max: 1_000_000,
    integer: true,
    help: "rows after which what was learned takes the place of what was known",
  },
};

/**
 * Streaming half-space trees (Tan, Ting and Liu 2011): random trees over the space of the training
 * rows count how many rows of the last window fell into each of their cells; few is odd. The score
 * is −log₂ of the mean mass, which is rows · 2^level of the first cell with under a tenth of the
 * window. The paper's trees are 15 deep; 8, as is usual since, keeps a model small.
 */
export const halfSpaceTrees: Algorithm = seriesAlgorithm<typeof parameters, HalfSpaces>({
  name: "half_space_trees",
  isLearner: true,
  source: "S. C. Tan, K. M. Ting, F. T. Liu: Fast Anomaly Detection for Streaming Data, IJCAI 2011",
  parameters,
  version: 1,
  scale: "relative",
  fit(rows, { parameters, seed }) {
    const watch = watchStream(plantHalfSpaces(rows, parameters, createRandom(seed)), parameters);
    for (let row = 0; row < rows.rowCount; row++) {
      const start = row * rows.columnCount;
      watch.learn(rows.data.subarray(start, start + rows.columnCount));
    }
    return watch.settled();
  },
  lookbackRows: () => Infinity,
  watch: (model, _, parameters) => watchStream(model, parameters),
  write,
  read,
});

type Settings = Readonly<Record<keyof typeof parameters, number>>;

function watchStream(model: HalfSpaces, { window }: Settings) {
  const { depth, columns, splits } = model;
  const inner = innerCount(depth);
  const nodes = nodeCount(depth);
  const trees = columns.length / inner;
  const last = model.last.slice();
  let known = model.known.slice();
  let latest = model.latest.slice();
  let seen = model.seen;
  const parts = new Float64Array(last.length);

  const fill = (row: Float32Array) => {
    for (let column = 0; column < last.length; column++) {
      if (row[column] === row[column]) last[column] = finite(row[column]);
    }
  };
  /** Mass of the cell in which a tree's walk ends; parts get what halves had less than their half. */
  const massOf = (tree: number): number => {
    let node = 0;
    let size = 1;
    for (let level = 0; level < depth; level++) {
      const count = known[tree * nodes + node];
      if (count <= window / 10) break;
      const column = columns[tree * inner + node];
      node = 2 * node + (last[column] >= splits[tree * inner + node] ? 2 : 1);
      size *= 2;
      const half = known[tree * nodes + node];
      parts[column] += Math.max(0, log2((count + 1) / (2 * half + 1)));
    }
    return known[tree * nodes + node] * size;
  };
  const learnLast = () => {
    for (let tree = 0; tree < trees; tree++) {
      let node = 0;
      latest[tree * nodes]++;
      for (let level = 0; level < depth; level++) {
        const split = tree * inner + node;
        node = 2 * node + (last[columns[split]] >= splits[split] ? 2 : 1);
        latest[tree * nodes + node]++;
      }
    }
    if (++seen >= window) turn();
  };
  const turn = () => {
    [known, latest] = [latest, known];
    latest.fill(0);
    seen = 0;
  };
  const learned = (): HalfSpaces => ({
    ...model,
    known: known.slice(),
    latest: latest.slice(),
    seen,
    last: last.slice(),
  });
  const watch: SeriesWatch<HalfSpaces> = {
    push(row) {
      fill(row);
      parts.fill(0);
      let mass = 0;
      for (let tree = 0; tree < trees; tree++) mass += massOf(tree);
      learnLast();
      return -log2(1 + mass / trees);
    },
    explain: (into) => into.set(parts),
    learned,
  };
  return {
    ...watch,
    learn(row: Float32Array) {
      fill(row);
      learnLast();
    },
    /** A window that did not fill during training is better than none. */
    settled(): HalfSpaces {
      if (known[0] === 0) turn();
      return learned();
    },
  };
}

function write(model: HalfSpaces, writer: ByteWriter): void {
  writer.shorts(model.columns);
  writer.numbers(model.splits);
  writer.integers(model.known);
  writer.integers(model.latest);
  writer.integer(model.seen);
  writer.numbers(model.last);
}

function read(reader: ByteReader<typeof parameters>, columnCount: number): HalfSpaces {
  const { trees, depth, window } = reader.parameters;
  const inner = trees * innerCount(depth);
  const counts = trees * nodeCount(depth);
  const range = { max: window };
  return {
    depth,
    columns: reader.shorts("columns", inner, { max: columnCount - 1 }),
    splits: reader.numbers("splits", inner),
    known: reader.integers("known", counts, range),
    latest: reader.integers("latest", counts, range),
    seen: reader.integer("seen", 0, window - 1),
    last: reader.numbers("last", columnCount, { min: -VALUE_MAX, max: VALUE_MAX }),
  };
}
