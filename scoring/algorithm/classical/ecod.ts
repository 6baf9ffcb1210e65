import { ln } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import { rowAlgorithm, type RowJudge, type Table, VALUE_MAX } from "../frame/mod.ts";

/** Order statistics kept one by one at each end, where each rank counts, and as many between. */
const KEPT = 1024;

/** Empirical distributions: value k of a column is at or above `ranks[k]` of all rows. */
interface Distributions {
  readonly rowCount: number;
  /** Ascending, from 1 to `rowCount`; the same for all columns. */
  readonly ranks: Uint32Array;
  /** Ascending for each column, column after column. */
  readonly values: Float32Array;
  /** Sign of each column's skewness, plus 1: a longer left tail is 0, a longer right one 2. */
  readonly skew: Uint8Array;
}

/**
 * Empirical-cumulative outlier detection (Li et al. 2022): −ln of how few rows are as far in the
 * tail, summed over columns; the greatest of the left tails, the right tails, and the tails to which
 * columns are skewed. It has no parameter. Of more than 3,072 rows the middle is thinned out; the
 * 1,024 values at each end are exact.
 */
export const ecod: Algorithm = rowAlgorithm({
  name: "ecod",
  source:
    "Z. Li et al.: ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution Functions, IEEE TKDE 2022",
  parameters: {},
  version: 1,
  scale: "relative",
  fit: fitDistributions,
  judge,
  write({ rowCount, ranks, values, skew }, writer) {
    writer.integer(rowCount);
    writer.integers(ranks);
    writer.floats(values);
    writer.bytes(skew);
  },
  read,
});

function fitDistributions({ values, rowCount, columnCount }: Table): Distributions {
  const ranks = keptRanks(rowCount);
  const kept = new Float32Array(columnCount * ranks.length);
  const skew = new Uint8Array(columnCount);
  for (let column = 0; column < columnCount; column++) {
    const sorted = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) sorted[row] = values[row * columnCount + column];
    sorted.sort();
    ranks.forEach((rank, k) => kept[column * ranks.length + k] = sorted[rank - 1]);
    skew[column] = 1 + signOfSkewness(sorted);
  }
  return { rowCount, ranks, values: kept, skew };
}

function keptRanks(rowCount: number): Uint32Array {
  if (rowCount <= 3 * KEPT) return Uint32Array.from({ length: rowCount }, (_, k) => k + 1);
  const inside = rowCount - 2 * KEPT;
  return Uint32Array.from({ length: 3 * KEPT }, (_, k) => {
    if (k < KEPT) return k + 1;
    if (k >= 2 * KEPT) return rowCount - 3 * KEPT + k + 1;
    return KEPT + Math.floor((k - KEPT + 1) * inside / KEPT);
  });
}

/** −1, 0 or 1: the sign of the third central moment. */
function signOfSkewness(values: Float64Array): number {
  let mean = 0;
  values.forEach((value, i) => mean += (value - mean) / (i + 1));
  const width = Math.max(values[values.length - 1] - values[0], Number.MIN_VALUE);
  let cubes = 0;
  for (const value of values) {
    const distance = (value - mean) / width;
    cubes += distance * distance * distance;
  }
  // Rounding leaves about 2⁻⁵⁰ a row of a moment that is 0.
  if (Math.abs(cubes) <= 1e-15 * values.length) return 0;
  return cubes < 0 ? -1 : 1;
}

function judge({ rowCount, ranks, values, skew }: Distributions, columnCount: number): RowJudge {
  const kept = ranks.length;
  const left = new Float64Array(columnCount);
  const right = new Float64Array(columnCount);
  const auto = new Float64Array(columnCount);
  /** Rows of training at most (or below) a value, by the ranks that were kept. */
  const atMost = (column: number, value: number) => rankBefore(column, (kept) => kept <= value);
  const below = (column: number, value: number) => rankBefore(column, (kept) => kept < value);
  const rankBefore = (column: number, isBefore: (kept: number) => boolean) => {
    let low = 0;
    let high = kept;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(values[column * kept + middle])) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : ranks[low - 1];
  };
  /** Fills all three and gives the one with the greatest sum. */
  const worst = (row: Float64Array): { tails: Float64Array; sum: number } => {
    for (let column = 0; column < columnCount; column++) {
      // A value beyond all that were seen is one row in its tail, itself.
      left[column] = ln(rowCount / Math.max(atMost(column, row[column]), 1));
      right[column] = ln(rowCount / Math.max(rowCount - below(column, row[column]), 1));
      auto[column] = [left[column], left[column] + right[column], right[column]][skew[column]];
    }
    let found = { tails: left, sum: total(left) };
    for (const tails of [right, auto]) {
      const sum = total(tails);
      if (sum > found.sum) found = { tails, sum };
    }
    return found;
  };
  return {
    score: (row) => worst(row).sum,
    explain: (row, parts) => parts.set(worst(row).tails),
  };
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function read(reader: ByteReader<unknown>, columnCount: number): Distributions {
  const rowCount = reader.integer("rowCount", 1, 4294967295);
  const ranks = reader.integers("ranks", undefined, { min: 1, max: rowCount });
  if (ranks.length === 0 || ranks.length > 3 * KEPT) {
    reader.refuse("ranks", `have 1 to ${3 * KEPT} entries`, ranks.length);
  }
  const bounds = { min: -VALUE_MAX, max: VALUE_MAX };
  const values = reader.floats("values", columnCount * ranks.length, bounds);
  for (let k = 1; k < ranks.length; k++) {
    if (ranks[k] <= ranks[k - 1]) reader.refuse(`ranks[${k}]`, "ascend", ranks[k]);
  }
  for (let i = 1; i < values.length; i++) {
    if (i % ranks.length > 0 && values[i] < values[i - 1]) {
      reader.refuse(`values[${i}]`, `be at least ${values[i - 1]}`, values[i]);
    }
  }
  return { rowCount, ranks, values, skew: reader.bytes("skew", columnCount, { max: 2 }) };
}
