import { ln } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import { finite, knownValues, rowAlgorithm, type RowJudge, VALUE_MAX } from "../frame/mod.ts";
import type { Matrix } from "../../forest/mod.ts";

/** So many that no bin of any real column is too wide. */
const BINS_MAX = 1024;

const parameters = {
  bins: {
    default: 0,
    min: 0,
    max: BINS_MAX,
    integer: true,
    help: "bins a column; 0 takes the square root of the rows, at most 64",
  },
};

/** Histograms of equal width, column after column. */
interface Histograms {
  readonly bins: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** −ln of each bin's height over the column's highest, at least 0. */
  readonly surprise: Float64Array;
  /** The same of a bin without rows, which all values out of range count as. */
  readonly outside: Float64Array;
}

/**
 * Histogram-based outlier score: the sum over columns of −ln of how high the value's bin is
 * (Goldstein and Dengel 2012). It takes columns as independent, so it is quick and blind to odd
 * combinations. Half a row is added to each bin, so that an empty one is no infinite surprise.
 */
export const hbos: Algorithm = rowAlgorithm({
  name: "hbos",
  source:
    "M. Goldstein, A. Dengel: Histogram-based Outlier Score (HBOS), KI 2012, Poster and Demo Track",
  parameters,
  version: 1,
  scale: "relative",
  fit({ rowCount }, { parameters }, rows) {
    const bins = parameters.bins || Math.max(1, Math.min(64, Math.floor(Math.sqrt(rowCount))));
    return fitHistograms(rows, bins);
  },
  judge,
  write({ bins, low, high, surprise, outside }, writer) {
    writer.integer(bins);
    for (const numbers of [low, high, surprise, outside]) writer.numbers(numbers);
  },
  read,
});

function fitHistograms(rows: Matrix, bins: number): Histograms {
  const { columnCount } = rows;
  const low = new Float64Array(columnCount);
  const high = new Float64Array(columnCount);
  const outside = new Float64Array(columnCount);
  const surprise = new Float64Array(columnCount * bins);
  for (let column = 0; column < columnCount; column++) {
    const values = knownValues(rows, column);
    low[column] = VALUE_MAX;
    high[column] = -VALUE_MAX;
    for (const value of values) {
      low[column] = Math.min(low[column], value);
      high[column] = Math.max(high[column], value);
    }
    const counts = new Float64Array(bins);
    for (const value of values) counts[binOf(value, low[column], high[column], bins)]++;
    let highest = 0;
    for (const count of counts) highest = Math.max(highest, count);
    counts.forEach((count, bin) => {
      surprise[column * bins + bin] = ln((highest + 0.5) / (count + 0.5));
    });
    outside[column] = ln((highest + 0.5) / 0.5);
  }
  return { bins, low, high, surprise, outside };
}

/** Bin of a value between the ends of a column's range, both included. */
function binOf(value: number, low: number, high: number, bins: number): number {
  if (high === low) return 0;
  return Math.min(Math.floor((value - low) / (high - low) * bins), bins - 1);
}

function judge({ bins, low, high, surprise, outside }: Histograms): RowJudge {
  const part = (row: Float64Array, column: number) => {
    const value = finite(row[column]);
    if (value < low[column] || value > high[column]) return outside[column];
    return surprise[column * bins + binOf(value, low[column], high[column], bins)];
  };
  return {
    score(row) {
      let sum = 0;
      for (let column = 0; column < row.length; column++) sum += part(row, column);
      return sum;
    },
    explain(row, parts) {
      for (let column = 0; column < row.length; column++) parts[column] = part(row, column);
    },
  };
}

function read(reader: ByteReader<unknown>, columnCount: number): Histograms {
  const bins = reader.integer("bins", 1, BINS_MAX);
  const bounds = { min: -VALUE_MAX, max: VALUE_MAX };
  const low = reader.numbers("low", columnCount, bounds);
  const high = reader.numbers("high", columnCount, bounds);
  low.forEach((least, column) => {
    if (high[column] < least) {
      reader.refuse(`high[${column}]`, `be at least ${least}`, high[column]);
    }
  });
  return {
    bins,
    low,
    high,
    surprise: reader.numbers("surprise", columnCount * bins, { min: 0 }),
    outside: reader.numbers("outside", columnCount, { min: 0 }),
  };
}
