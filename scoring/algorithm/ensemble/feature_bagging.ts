import { FEATURE_COUNT_MAX, type Matrix } from "../../forest/mod.ts";
import { createRandom, createSampler, type Random } from "../../numeric/mod.ts";
import type { Algorithm, Fitted, Scorer } from "../algorithm.ts";
import { type ByteReader, createByteWriter, openBytes } from "../bytes/mod.ts";
import { checkBatch, checkTraining, checkWidth } from "../frame/mod.ts";
import { localOutlierFactor } from "../neighbours/mod.ts";
import { readParameters } from "../parameters.ts";

const NAME = "feature_bagging";
const VERSION = 1;
const ROUNDS_MAX = 100;

const rules = {
  rounds: {
    default: 10,
    min: 1,
    max: ROUNDS_MAX,
    integer: true,
    help: "random sets of columns, each judged by itself",
  },
  ...localOutlierFactor.parameters,
};

/** The base method, fitted to some of the columns. */
interface Round {
  /** Ascending. */
  readonly columns: Uint16Array;
  readonly fitted: Fitted;
}

/**
 * Feature bagging: the mean local outlier factor over random sets of half to all but one of the
 * columns, so that columns that say nothing are not always asked (Lazarevic and Kumar 2005, their
 * cumulative sum).
 */
export const featureBagging: Algorithm = {
  name: NAME,
  input: "rows",
  source: "A. Lazarevic, V. Kumar: Feature Bagging for Outlier Detection, KDD 2005",
  parameters: rules,
  fit(rows, { seed, parameters: given }) {
    const parameters = readParameters(rules, given);
    checkTraining(rows);
    const { rounds: count, ...base } = parameters;
    const random = createRandom(seed);
    const rounds = Array.from({ length: count }, (): Round => {
      const columns = drawColumns(rows.columnCount, random);
      const options = { seed: random.nextUint32(), parameters: base };
      return { columns, fitted: localOutlierFactor.fit(columnsOf(rows, columns), options) };
    });
    return fittedRounds({ parameters, columnCount: rows.columnCount, rounds });
  },
  restore(bytes) {
    const reader = openBytes(bytes, { algorithm: NAME, version: VERSION, rules });
    const columnCount = reader.integer("columnCount", 1, FEATURE_COUNT_MAX);
    const { rounds: count } = reader.parameters;
    const rounds = Array.from({ length: count }, () => readRound(reader, columnCount));
    reader.end();
    return fittedRounds({ parameters: reader.parameters, columnCount, rounds });
  },
};

/** Half of the columns to all but one; the only one where there is no other. */
function drawColumns(columnCount: number, random: Random): Uint16Array {
  const least = Math.max(1, Math.floor(columnCount / 2));
  const most = Math.max(1, columnCount - 1);
  const chosen = new Uint32Array(least + random.below(most - least + 1));
  createSampler(columnCount).fill(chosen, random);
  return Uint16Array.from(chosen).sort();
}

interface Content {
  readonly parameters: Readonly<Record<string, number>>;
  readonly columnCount: number;
  readonly rounds: readonly Round[];
}

function fittedRounds({ parameters, columnCount, rounds }: Content): Fitted {
  return {
    columnCount,
    lookbackRows: 0,
    scale: "relative",
    open: () => openScorer(rounds, columnCount),
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      const sums = new Float64Array(rows.rowCount);
      for (const { columns, fitted } of rounds) {
        const scores = fitted.scoreBatch(columnsOf(rows, columns));
        for (let row = 0; row < sums.length; row++) sums[row] += scores[row];
      }
      return sums.map((sum) => sum / rounds.length);
    },
    serialize() {
      const writer = createByteWriter({ algorithm: NAME, version: VERSION, parameters });
      writer.integer(columnCount);
      for (const { columns, fitted } of rounds) {
        writer.shorts(columns);
        writer.bytes(fitted.serialize());
      }
      return writer.finish();
    },
  };
}

function openScorer(rounds: readonly Round[], columnCount: number): Scorer {
  const scorers = rounds.map(({ fitted }) => fitted.open());
  return {
    push(row) {
      checkWidth(row.length, columnCount);
      let sum = 0;
      rounds.forEach(({ columns }, round) => {
        sum += scorers[round].push(Float32Array.from(columns, (column) => row[column]));
      });
      return sum / rounds.length;
    },
    explain() {
      const parts = new Float64Array(columnCount);
      rounds.forEach(({ columns }, round) => {
        const own = scorers[round].explain();
        columns.forEach((column, at) => parts[column] += own[at] / rounds.length);
      });
      return parts;
    },
  };
}

function columnsOf({ data, rowCount, columnCount }: Matrix, columns: Uint16Array): Matrix {
  const width = columns.length;
  const chosen = new Float32Array(rowCount * width);
  for (let row = 0; row < rowCount; row++) {
    for (let at = 0; at < width; at++) {
      chosen[row * width + at] = data[row * columnCount + columns[at]];
    }
  }
  return { data: chosen, rowCount, columnCount: width };
}

function readRound(reader: ByteReader<unknown>, columnCount: number): Round {
  const columns = reader.shorts("columns", undefined, { max: columnCount - 1 });
  columns.forEach((column, at) => {
    if (at > 0 && column <= columns[at - 1]) reader.refuse(`columns[${at}]`, "ascend", column);
  });
  const fitted = localOutlierFactor.restore(reader.bytes("round"));
  if (fitted.columnCount !== columns.length) {
    reader.refuse("round", `have ${columns.length} columns`, fitted.columnCount);
  }
  return { columns, fitted };
}
