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
  type Table,
  writeScaling,
} from "../frame/mod.ts";
import { concentrate, distanceParts, type Ellipsoid, squaredDistance } from "./concentrate.ts";

const parameters = {
  share: { default: 0.75, min: 0.5, max: 1, help: "share of rows that are taken as sound" },
  steps: { default: 10, min: 0, max: 100, integer: true, help: "concentration steps, at most" },
  subsample: {
    default: 8192,
    min: 1,
    max: 65_536,
    integer: true,
    help: "training rows that the sound ones are sought in",
  },
};

interface Spread {
  readonly scaling: Scaling;
  readonly ellipsoid: Ellipsoid;
}

/**
 * Mahalanobis distance from the middle of the sound rows, in the metric of their covariance. The
 * sound ones are found by concentration steps from all rows instead of random starts, and the
 * covariance is drawn towards a ball (Ledoit and Wolf 2004): quick, and defined however many columns
 * go together.
 */
export const robustCovariance: Algorithm = rowAlgorithm({
  name: "robust_covariance",
  source:
    "P. Rousseeuw, K. Van Driessen: A Fast Algorithm for the Minimum Covariance Determinant " +
    "Estimator, Technometrics 41, 1999",
  parameters,
  version: 1,
  scale: "relative",
  fit(table, { parameters, seed }): Spread {
    const scaling = momentScaling(table);
    const chosen = seededRows(table.rowCount, parameters.subsample, seed);
    const values = standardizedTable(rowsOf(table, chosen), scaling);
    return { scaling, ellipsoid: concentrate(values, table.columnCount, parameters) };
  },
  judge,
  write({ scaling, ellipsoid }, writer) {
    writeScaling(scaling, writer);
    writer.numbers(ellipsoid.mean);
    writer.numbers(ellipsoid.lower);
  },
  read(reader, columnCount): Spread {
    const scaling = readScaling(reader, columnCount);
    const mean = reader.numbers("mean", columnCount);
    const lower = reader.numbers("lower", columnCount * columnCount);
    for (let column = 0; column < columnCount; column++) {
      const diagonal = lower[column * (columnCount + 1)];
      if (!(diagonal > 0)) reader.refuse(`lower[${column}, ${column}]`, "be above 0", diagonal);
    }
    return { scaling, ellipsoid: { mean, lower } };
  },
});

function rowsOf({ values, columnCount, medians }: Table, rows: Uint32Array): Table {
  const chosen = new Float64Array(rows.length * columnCount);
  rows.forEach((row, at) =>
    chosen.set(values.subarray(row * columnCount, (row + 1) * columnCount), at * columnCount)
  );
  return { values: chosen, rowCount: rows.length, columnCount, medians };
}

function judge({ scaling, ellipsoid }: Spread, columnCount: number): RowJudge {
  const z = new Float64Array(columnCount);
  const work = new Float64Array(columnCount);
  return {
    score(row) {
      standardize(row, scaling, z);
      return Math.sqrt(squaredDistance(ellipsoid, z, work));
    },
    explain(row, parts) {
      standardize(row, scaling, z);
      distanceParts(ellipsoid, z, parts);
      // Below 0 are columns that lie nearer than the others would make believe: they have no part.
      for (let column = 0; column < columnCount; column++) {
        parts[column] = Math.max(0, parts[column]);
      }
    },
  };
}
