import type { Matrix } from "../../forest/mod.ts";
import { cholesky, solveCholesky } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import {
  momentScaling,
  readScaling,
  scaleOr,
  type Scaling,
  seriesAlgorithm,
  type SeriesWatch,
  standardize,
  standardizedTable,
  type Table,
  tableOf,
  VALUE_MAX,
  writeScaling,
} from "../frame/mod.ts";
import { createGapFill, GAP_MAX } from "./column_memory.ts";

const LAGS_MAX = 50;

const parameters = {
  lags: { default: 3, min: 1, max: LAGS_MAX, integer: true, help: "rows that the next depends on" },
  ridge: {
    default: 0.01,
    min: 0.000001,
    max: 1000,
    help: "variance added to each column, in units of its own, before it is regressed on",
  },
};

/** Newest training rows that are looked at; coefficients of some dozen columns need no more. */
const ROWS_MAX = 20_000;

interface Autoregression {
  readonly scaling: Scaling;
  readonly medians: Float64Array;
  readonly lags: number;
  /** Of each column: one for each column of each earlier row, the newest row first. */
  readonly coefficients: Float64Array;
  /** Standard deviation of what is left of each standardized column, above 0. */
  readonly spreads: Float64Array;
}

/**
 * Vector autoregression (Lütkepohl 2005) by ridge regression: each column is expected from the last
 * rows of all columns. The score is the root mean square of what is left, in standard deviations of
 * what was left in training.
 */
export const ridgeVar: Algorithm = seriesAlgorithm<typeof parameters, Autoregression>({
  name: "ridge_var",
  source: "H. Lütkepohl: New Introduction to Multiple Time Series Analysis, Springer 2005",
  parameters,
  version: 1,
  scale: "relative",
  fit: (rows, { parameters: { lags, ridge } }) => fitAutoregression(rows, lags, ridge),
  lookbackRows: (_, { lags }) => lags + GAP_MAX,
  watch: watchAutoregression,
  write({ scaling, medians, coefficients, spreads }, writer) {
    writeScaling(scaling, writer);
    for (const numbers of [medians, coefficients, spreads]) writer.numbers(numbers);
  },
  read,
});

function fitAutoregression(rows: Matrix, lags: number, ridge: number): Autoregression {
  const table = newest(tableOf(rows));
  const { columnCount, medians } = table;
  const scaling = momentScaling(table);
  const values = standardizedTable(table, scaling);
  const coefficients = regress(values, columnCount, lags, ridge);
  const model = { scaling, medians, lags, coefficients };
  return { ...model, spreads: spreadsOf(values, columnCount, model) };
}

function newest(table: Table): Table {
  const rowCount = Math.min(table.rowCount, ROWS_MAX);
  const start = (table.rowCount - rowCount) * table.columnCount;
  return { ...table, values: table.values.subarray(start), rowCount };
}

/** Ridge regression of all columns at once: they share what they are regressed on. */
function regress(
  values: Float64Array,
  columnCount: number,
  lags: number,
  ridge: number,
): Float64Array {
  const size = lags * columnCount;
  const rowCount = values.length / columnCount;
  const count = Math.max(rowCount - lags, 1);
  const normal = new Float64Array(size * size);
  const right = Array.from({ length: columnCount }, () => new Float64Array(size));
  const before = new Float64Array(size);
  for (let row = lags; row < rowCount; row++) {
    readBefore(values, row, columnCount, before);
    for (let first = 0; first < size; first++) {
      const factor = before[first] / count;
      for (let second = 0; second <= first; second++) {
        normal[first * size + second] += factor * before[second];
      }
      for (let column = 0; column < columnCount; column++) {
        right[column][first] += factor * values[row * columnCount + column];
      }
    }
  }
  for (let k = 0; k < size; k++) normal[k * size + k] += ridge;
  const lower = cholesky(normal, size, 1);
  for (const column of right) solveCholesky(lower, size, column);
  return Float64Array.from(right.flatMap((column) => [...column]));
}

/** The rows before one, the newest first. */
function readBefore(
  values: Float64Array,
  row: number,
  columnCount: number,
  into: Float64Array,
): void {
  for (let k = 0; k < into.length; k += columnCount) {
    const start = (row - 1) * columnCount - k;
    for (let column = 0; column < columnCount; column++) into[k + column] = values[start + column];
  }
}

function spreadsOf(
  values: Float64Array,
  columnCount: number,
  { lags, coefficients }: Pick<Autoregression, "lags" | "coefficients">,
): Float64Array {
  const before = new Float64Array(lags * columnCount);
  const squares = new Float64Array(columnCount);
  const rowCount = values.length / columnCount;
  for (let row = lags; row < rowCount; row++) {
    readBefore(values, row, columnCount, before);
    for (let column = 0; column < columnCount; column++) {
      const left = values[row * columnCount + column] - expect(coefficients, column, before);
      squares[column] += left * left;
    }
  }
  // Too few rows to see what is left: as much as there was, which is 1 of a standardized column.
  const count = rowCount - lags;
  return squares.map((sum) => count > 0 ? scaleOr(Math.sqrt(sum / count), 0) : 1);
}

function expect(coefficients: Float64Array, column: number, before: Float64Array): number {
  const start = column * before.length;
  let sum = 0;
  for (let k = 0; k < before.length; k++) sum += coefficients[start + k] * before[k];
  return sum;
}

function watchAutoregression(model: Autoregression): SeriesWatch<Autoregression> {
  const { scaling, medians, lags, coefficients, spreads } = model;
  const columnCount = medians.length;
  const fill = createGapFill(medians);
  const before = new Float64Array(lags * columnCount);
  const z = new Float64Array(columnCount);
  const expected = new Float64Array(columnCount);
  const parts = new Float64Array(columnCount);
  let count = 0;
  return {
    push(row) {
      standardize(fill(row), scaling, z);
      let sum = 0;
      for (let column = 0; column < columnCount; column++) {
        expected[column] = count < lags ? 0 : expect(coefficients, column, before);
        const left = row[column] === row[column] ? z[column] - expected[column] : 0;
        parts[column] = (left / spreads[column]) * (left / spreads[column]);
        sum += parts[column];
      }
      before.copyWithin(columnCount, 0, (lags - 1) * columnCount);
      before.set(z);
      if (count++ >= lags) return Math.sqrt(sum / columnCount);
      parts.fill(0);
      return NaN;
    },
    explain: (into) => into.set(parts),
    expected: () => expected.map((value, k) => scaling.center[k] + value * scaling.scale[k]),
  };
}

function read(reader: ByteReader<typeof parameters>, columnCount: number): Autoregression {
  const { lags } = reader.parameters;
  const scaling = readScaling(reader, columnCount);
  const medians = reader.numbers("medians", columnCount, { min: -VALUE_MAX, max: VALUE_MAX });
  // Sums of products with values up to 10¹² stay finite, and so do their squares.
  const coefficients = reader.numbers("coefficients", lags * columnCount * columnCount, {
    min: -1e100,
    max: 1e100,
  });
  const spreads = reader.numbers("spreads", columnCount, { min: 1e-30 });
  return { scaling, medians, lags, coefficients, spreads };
}
