import { chiSquareQuantile, createRandom, median } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import {
  readScaling,
  robustScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  seededRows,
  standardize,
  standardizedTable,
  writeScaling,
} from "../frame/mod.ts";
import { fastMcd, type Scatter, scatterOf, squaredDistance } from "./fast_mcd.ts";

const parameters = {
  share: { default: 0.5, min: 0.5, max: 1, help: "share of rows that are taken as sound" },
  subsample: {
    default: 8192,
    min: 10,
    max: 65_536,
    integer: true,
    help: "training rows that the sound ones are sought in",
  },
};

/** Of normal rows, 97.5 % are kept for the final estimate. */
const KEPT_QUANTILE = 0.975;

interface Ellipse {
  readonly scaling: Scaling;
  readonly scatter: Scatter;
}

/**
 * Robust Mahalanobis distance, also called the elliptic envelope: how far a row is from the middle
 * in the metric of the covariance that FAST-MCD finds (Rousseeuw and Van Driessen 1999), estimated
 * again from all rows that are not far by the first estimate.
 */
export const mahalanobis: Algorithm = rowAlgorithm({
  name: "mahalanobis",
  source:
    "P. Rousseeuw, K. Van Driessen: A Fast Algorithm for the Minimum Covariance Determinant Estimator, Technometrics 41, 1999",
  parameters,
  version: 1,
  scale: "relative",
  fit(table, { parameters, seed }, rows): Ellipse {
    const { columnCount } = table;
    const scaling = robustScaling(rows);
    const all = { ...table, values: standardizedTable(table, scaling) };
    const chosen = seededRows(table.rowCount, parameters.subsample, seed);
    const values = new Float64Array(chosen.length * columnCount);
    chosen.forEach((row, k) =>
      values.set(all.values.subarray(row * columnCount, (row + 1) * columnCount), k * columnCount)
    );
    const subsample = { values, rowCount: chosen.length, columnCount };
    const raw = fastMcd(subsample, parameters.share, createRandom(seed));
    return { scaling, scatter: reweighted(all, raw) };
  },
  judge,
  write({ scaling, scatter }, writer) {
    writeScaling(scaling, writer);
    writer.numbers(scatter.mean);
    writer.numbers(scatter.lower);
  },
  read(reader, columnCount) {
    const scaling = readScaling(reader, columnCount);
    return { scaling, scatter: readScatter(reader, columnCount) };
  },
});

/** Mean and covariance of the rows that normal data would have within the quantile. */
function reweighted(
  all: { values: Float64Array; rowCount: number; columnCount: number },
  raw: Scatter,
): Scatter {
  const { values, rowCount, columnCount } = all;
  const work = new Float64Array(columnCount);
  const distances = Float64Array.from(
    { length: rowCount },
    (_, row) => squaredDistance(raw, values, row * columnCount, work),
  );
  // The raw estimate is of the middle half only; its size follows from what normal data would have.
  const size = median(distances) / chiSquareQuantile(columnCount, 0.5);
  const limit = chiSquareQuantile(columnCount, KEPT_QUANTILE) * size;
  const kept: number[] = [];
  distances.forEach((distance, row) => distance <= limit && kept.push(row));
  return scatterOf(all, kept).scatter;
}

function judge({ scaling, scatter }: Ellipse, columnCount: number): RowJudge {
  const z = new Float64Array(columnCount);
  const work = new Float64Array(columnCount);
  return {
    score(row) {
      standardize(row, scaling, z);
      return Math.sqrt(squaredDistance(scatter, z, 0, work));
    },
    explain(row, parts) {
      standardize(row, scaling, z);
      squaredDistance(scatter, z, 0, work);
      // The squared distance is the sum of (z − mean) · weight, of which some may be below 0: those
      // columns are nearer than the others make believe, and have no part.
      for (let column = columnCount - 1; column >= 0; column--) {
        let rest = work[column];
        for (let k = column + 1; k < columnCount; k++) {
          rest -= scatter.lower[k * columnCount + column] * parts[k];
        }
        parts[column] = rest / scatter.lower[column * columnCount + column];
      }
      for (let column = 0; column < columnCount; column++) {
        parts[column] = Math.max(0, parts[column] * (z[column] - scatter.mean[column]));
      }
    },
  };
}

function readScatter(reader: ByteReader<unknown>, columnCount: number): Scatter {
  const mean = reader.numbers("mean", columnCount);
  const lower = reader.numbers("lower", columnCount * columnCount);
  for (let row = 0; row < columnCount; row++) {
    const diagonal = lower[row * columnCount + row];
    if (!(diagonal > 0)) reader.refuse(`lower[${row}, ${row}]`, "be above 0", diagonal);
  }
  return { mean, lower };
}
