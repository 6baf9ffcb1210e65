import { ln } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import {
  momentScaling,
  readScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  seededRows,
  standardize,
  standardizedTable,
  writeScaling,
} from "../frame/mod.ts";
import { nearestRows } from "./nearest_rows.ts";

const parameters = {
  neighbours: { default: 10, min: 2, max: 100, integer: true, help: "rows looked at from a row" },
  subsample: { default: 1024, min: 3, max: 8192, integer: true, help: "training rows kept" },
};

interface Sample {
  readonly scaling: Scaling;
  /** Standardized rows. */
  readonly rows: Float64Array;
}

/** Keeps logarithms finite for rows whose neighbours all lie on them, or none apart. */
const VARIANCE_MAX = 1e300;
const VARIANCE_MIN = 1e-300;

/**
 * Fast angle-based outlier detection (Kriegel, Schubert and Zimek 2008): from an outlier all other
 * rows lie in much the same direction. The score is −ln of the variance of the weighted angles to
 * pairs of the nearest rows in a subsample, columns standardized.
 */
export const abod: Algorithm = rowAlgorithm({
  name: "abod",
  source:
    "H.-P. Kriegel, M. Schubert, A. Zimek: Angle-Based Outlier Detection in High-dimensional Data, KDD 2008",
  parameters,
  version: 1,
  scale: "relative",
  fit(table, { parameters, seed }) {
    const { columnCount } = table;
    const scaling = momentScaling(table);
    const all = standardizedTable(table, scaling);
    const chosen = seededRows(table.rowCount, parameters.subsample, seed);
    const rows = new Float64Array(chosen.length * columnCount);
    chosen.forEach((row, k) =>
      rows.set(all.subarray(row * columnCount, (row + 1) * columnCount), k * columnCount)
    );
    return { scaling, rows };
  },
  judge: (sample, columnCount, { neighbours }) => judge(sample, columnCount, neighbours),
  write({ scaling, rows }, writer) {
    writeScaling(scaling, writer);
    writer.numbers(rows);
  },
  read(reader, columnCount) {
    const scaling = readScaling(reader, columnCount);
    const rows = reader.numbers("rows");
    const count = rows.length / columnCount;
    if (!(Number.isInteger(count) && count >= 1 && count <= parameters.subsample.max)) {
      reader.refuse("rows", `be 1 to ${parameters.subsample.max} of ${columnCount}`, rows.length);
    }
    return { scaling, rows };
  },
});

function judge({ scaling, rows }: Sample, columnCount: number, neighbours: number): RowJudge {
  const z = new Float64Array(columnCount);
  const nearest = nearestRows(rows, columnCount, neighbours);
  const to = new Float64Array(neighbours * columnCount);
  /** Puts the ways to the nearest rows that do not lie on the row itself into `to`. */
  const look = (row: Float64Array): number => {
    standardize(row, scaling, z);
    const found = nearest.find(z);
    for (let k = 0; k < found; k++) {
      const start = nearest.rows[k] * columnCount;
      for (let column = 0; column < columnCount; column++) {
        to[k * columnCount + column] = rows[start + column] - z[column];
      }
    }
    return found;
  };
  return {
    score(row) {
      const variance = angleVariance(to, look(row), columnCount, nearest.squares);
      return -ln(Math.min(Math.max(variance, VARIANCE_MIN), VARIANCE_MAX));
    },
    explain(row, parts) {
      const found = look(row);
      parts.fill(0);
      for (let k = 0; k < found; k++) {
        for (let column = 0; column < columnCount; column++) {
          const distance = to[k * columnCount + column];
          parts[column] += distance * distance / found;
        }
      }
    },
  };
}

/**
 * Variance of ⟨b, c⟩ / (|b|²|c|²) over pairs, each weighted by 1 / (|b||c|); that of no pair is as
 * great as can be: the row lies on others.
 */
function angleVariance(
  to: Float64Array,
  count: number,
  columnCount: number,
  squares: Float64Array,
): number {
  let weights = 0;
  let mean = 0;
  let sum = 0;
  for (let first = 1; first < count; first++) {
    for (let second = 0; second < first; second++) {
      let product = 0;
      for (let column = 0; column < columnCount; column++) {
        product += to[first * columnCount + column] * to[second * columnCount + column];
      }
      const both = squares[first] * squares[second];
      const weight = 1 / Math.sqrt(both);
      const distance = product / both - mean;
      weights += weight;
      mean += distance * weight / weights;
      sum += weight * distance * (product / both - mean);
    }
  }
  return weights > 0 ? sum / weights : VARIANCE_MAX;
}
