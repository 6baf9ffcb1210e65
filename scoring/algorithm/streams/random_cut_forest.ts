import { createRandom, type Random } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader, ByteWriter } from "../bytes/mod.ts";
import {
  finite,
  momentScaling,
  readScaling,
  type Scaling,
  seriesAlgorithm,
  standardize,
  tableOf,
  VALUE_MAX,
  writeScaling,
} from "../frame/mod.ts";
import {
  type CutShape,
  type CutTree,
  displacement,
  insertRow,
  removeRow,
  shapeOf,
  treeOf,
} from "./random_cut/mod.ts";

const parameters = {
  trees: { default: 40, min: 1, max: 200, integer: true, help: "trees" },
  sample: { default: 256, min: 2, max: 2048, integer: true, help: "rows that a tree holds" },
  memory: {
    default: 2560,
    min: 1,
    max: 1_000_000_000,
    integer: true,
    help: "rows after which a row is forgotten, on average; at least the sample",
  },
};

type Settings = Readonly<Record<keyof typeof parameters, number>>;

/** All that a forest knows, as data. */
interface CutForest {
  readonly scaling: Scaling;
  /** Rows that were learned; with the key it gives the random numbers of the next. */
  readonly seen: number;
  readonly key: number;
  /** What a missing value counts as: the last known one of its column. */
  readonly last: Float64Array;
  readonly trees: readonly SampledTree[];
}

interface SampledTree {
  /** Standardized rows, at most `sample`. */
  readonly rows: readonly Float32Array[];
  readonly shape: CutShape;
}

/** 2²¹ keys leave 32 bits of the generator's seed to the count of rows. */
const KEYS = 2_097_152;
const COUNTS = 4_294_967_296;

/**
 * Robust random cut forest (Guha et al. 2016): trees over bounded samples of the stream, each row's
 * score being how many rows it would displace, on average over trees. A new row takes the place of
 * a random one of a full sample with the probability sample / memory, so older rows fade
 * exponentially (Aggarwal 2006).
 */
export const randomCutForest: Algorithm = seriesAlgorithm<typeof parameters, CutForest>({
  name: "random_cut_forest",
  isLearner: true,
  source:
    "S. Guha et al.: Robust Random Cut Forest Based Anomaly Detection on Streams, ICML 2016; C. Aggarwal: On Biased Reservoir Sampling in the Presence of Stream Evolution, VLDB 2006",
  parameters,
  version: 1,
  scale: "relative",
  fit(rows, { parameters, seed }) {
    const table = tableOf(rows);
    const empty: SampledTree = {
      rows: [],
      shape: {
        columns: new Uint16Array(0),
        cuts: new Float64Array(0),
        leaves: new Uint32Array(0),
      },
    };
    const stream = openStream({
      scaling: momentScaling(table),
      seen: 0,
      key: createRandom(seed).below(KEYS),
      last: table.medians,
      trees: Array.from({ length: parameters.trees }, () => empty),
    }, parameters);
    for (let row = 0; row < rows.rowCount; row++) {
      const start = row * rows.columnCount;
      stream.learn(rows.data.subarray(start, start + rows.columnCount));
    }
    return stream.learned();
  },
  lookbackRows: () => Infinity,
  watch: (model, _, parameters) => openStream(model, parameters),
  write,
  read,
});

function openStream(model: CutForest, { sample, memory }: Settings) {
  const { scaling, key } = model;
  const columnCount = model.last.length;
  const last = model.last.slice();
  const precise = new Float64Array(columnCount);
  const z = new Float32Array(columnCount);
  const samples = model.trees.map(({ rows }) => [...rows]);
  const trees = model.trees.map(({ shape, rows }) => treeOf(shape, rows, sample, columnCount));
  const parts = new Float64Array(columnCount);
  // A row is learned when the next comes, so that its score can be explained by the same trees.
  let isPending = false;
  let isExplained = true;
  const admission = Math.min(1, sample / memory);
  let seen = model.seen;

  const take = (row: Float32Array) => {
    for (let column = 0; column < columnCount; column++) {
      if (row[column] === row[column]) last[column] = finite(row[column]);
    }
    standardize(last, scaling, precise);
    z.set(precise);
    isPending = true;
    isExplained = false;
  };
  const explain = () => {
    if (isExplained) return;
    isExplained = true;
    parts.fill(0);
    for (const tree of trees) displacement(tree, z, parts);
  };
  const learnPending = () => {
    if (!isPending) return;
    isPending = false;
    const random = createRandom(key * COUNTS + seen % COUNTS);
    trees.forEach((tree, k) => sampleRow(tree, samples[k], z, { sample, admission, random }));
    seen++;
  };
  const learned = (): CutForest => {
    if (isPending) explain();
    learnPending();
    return {
      scaling,
      seen,
      key,
      last: last.slice(),
      trees: trees.map((tree, k) => ({ rows: [...samples[k]], shape: shapeOf(tree, samples[k]) })),
    };
  };
  return {
    push(row: Float32Array) {
      learnPending();
      take(row);
      let sum = 0;
      for (const tree of trees) sum += displacement(tree, z);
      return sum / trees.length;
    },
    explain(into: Float64Array) {
      explain();
      for (let column = 0; column < columnCount; column++) {
        into[column] = parts[column] / trees.length;
      }
    },
    learned,
    learn(row: Float32Array) {
      learnPending();
      take(row);
    },
  };
}

/** Puts the row into a sample that has room, or by chance in the place of another. */
function sampleRow(
  tree: CutTree,
  rows: Float32Array[],
  row: Float32Array,
  { sample, admission, random }: { sample: number; admission: number; random: Random },
): void {
  const isFull = rows.length === sample;
  if (isFull && random.nextFloat() >= admission) return;
  const kept = row.slice();
  if (isFull) {
    const place = random.below(sample);
    removeRow(tree, rows[place]);
    rows[place] = kept;
  } else {
    rows.push(kept);
  }
  insertRow(tree, kept, random);
}

function write({ scaling, seen, key, last, trees }: CutForest, writer: ByteWriter): void {
  writeScaling(scaling, writer);
  writer.number(seen);
  writer.integer(key);
  writer.numbers(last);
  for (const { rows, shape } of trees) {
    writer.integer(rows.length);
    for (const row of rows) writer.floats(row);
    writer.shorts(shape.columns);
    writer.numbers(shape.cuts);
    writer.integers(shape.leaves);
  }
}

function read(reader: ByteReader<typeof parameters>, columnCount: number): CutForest {
  const { trees, sample } = reader.parameters;
  const scaling = readScaling(reader, columnCount);
  const seen = reader.number("seen", { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (!Number.isInteger(seen)) reader.refuse("seen", "be an integer", seen);
  const key = reader.integer("key", 0, KEYS - 1);
  const last = reader.numbers("last", columnCount, { min: -VALUE_MAX, max: VALUE_MAX });
  return {
    scaling,
    seen,
    key,
    last,
    trees: Array.from({ length: trees }, (_, k) => {
      const count = reader.integer(`trees[${k}].rows`, 1, sample);
      const rows = Array.from(
        { length: count },
        () => reader.floats(`trees[${k}].rows`, columnCount, { min: -1e13, max: 1e13 }),
      );
      const shape = {
        columns: reader.shorts(`trees[${k}].columns`, undefined, { max: columnCount }),
        cuts: reader.numbers(`trees[${k}].cuts`),
        leaves: reader.integers(`trees[${k}].leaves`),
      };
      // Refuses a shape that is no tree of these rows.
      treeOf(shape, rows, sample, columnCount);
      return { rows, shape };
    }),
  };
}
