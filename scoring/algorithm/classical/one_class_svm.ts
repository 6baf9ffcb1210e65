import { exp } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
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
import { solveOneClass } from "./smo.ts";

/** The kernel of all pairs is held while fitting: 128 MiB at this size. */
const SUBSAMPLE_MAX = 4096;

const parameters = {
  nu: { default: 0.5, min: 0.001, max: 1, help: "share of training rows outside, at most" },
  gamma: {
    default: 0,
    min: 0,
    max: 1e6,
    help: "of the kernel exp(−γ·distance²); 0 takes 1 / (columns · variance)",
  },
  subsample: {
    default: 1024,
    min: 2,
    max: SUBSAMPLE_MAX,
    integer: true,
    help: "training rows that are looked at",
  },
};

interface Boundary {
  readonly scaling: Scaling;
  readonly gamma: number;
  /** What a row on the boundary sums up to. */
  readonly offset: number;
  /** Above 0, adding up to 1. */
  readonly weights: Float64Array;
  /** Standardized rows, one a weight. */
  readonly supports: Float64Array;
}

/**
 * One-class support vector machine with a Gaussian kernel (Schölkopf et al. 2001), columns
 * standardized: how far a row is outside of the boundary around all but `nu` of the training rows.
 */
export const oneClassSvm: Algorithm = rowAlgorithm<typeof parameters, Boundary>({
  name: "one_class_svm",
  source:
    "B. Schölkopf et al.: Estimating the Support of a High-Dimensional Distribution, Neural Computation 13, 2001",
  parameters,
  version: 1,
  scale: "relative",
  fit: (table, { parameters, seed }) => fitBoundary(table, parameters, seed),
  judge,
  write({ scaling, gamma, offset, weights, supports }, writer) {
    writeScaling(scaling, writer);
    writer.number(gamma);
    writer.number(offset);
    writer.numbers(weights);
    writer.numbers(supports);
  },
  read,
});

function fitBoundary(
  table: Table,
  { nu, gamma: given, subsample }: Record<keyof typeof parameters, number>,
  seed: number,
): Boundary {
  const { columnCount } = table;
  const scaling = momentScaling(table);
  const all = standardizedTable(table, scaling);
  const chosen = seededRows(table.rowCount, subsample, seed);
  const rows = new Float64Array(chosen.length * columnCount);
  chosen.forEach((row, k) =>
    rows.set(all.subarray(row * columnCount, (row + 1) * columnCount), k * columnCount)
  );
  const gamma = given > 0 ? given : 1 / (columnCount * (varianceOf(rows) || 1));
  const { alpha, rho } = solveOneClass(kernelOf(rows, columnCount, gamma), chosen.length, nu);
  let total = 0;
  for (const weight of alpha) total += weight;
  const supporting = Array.from(alpha.keys()).filter((k) => alpha[k] > 0);
  const supports = new Float64Array(supporting.length * columnCount);
  supporting.forEach((k, place) =>
    supports.set(rows.subarray(k * columnCount, (k + 1) * columnCount), place * columnCount)
  );
  const weights = Float64Array.from(supporting, (k) => alpha[k] / total);
  return { scaling, gamma, offset: rho / total, weights, supports };
}

/** Of all values, whatever their column, as in the rule γ = "scale" of scikit-learn. */
function varianceOf(values: Float64Array): number {
  let mean = 0;
  let squares = 0;
  values.forEach((value, i) => {
    const distance = value - mean;
    mean += distance / (i + 1);
    squares += distance * (value - mean);
  });
  return squares / values.length;
}

function kernelOf(rows: Float64Array, columnCount: number, gamma: number): Float64Array {
  const count = rows.length / columnCount;
  const kernel = new Float64Array(count * count);
  for (let first = 0; first < count; first++) {
    const row = rows.subarray(first * columnCount, (first + 1) * columnCount);
    kernel[first * count + first] = 1;
    for (let second = 0; second < first; second++) {
      const value = exp(-gamma * squaredDistance(rows, second * columnCount, row));
      kernel[first * count + second] = value;
      kernel[second * count + first] = value;
    }
  }
  return kernel;
}

function squaredDistance(values: Float64Array, start: number, row: Float64Array): number {
  let sum = 0;
  for (let column = 0; column < row.length; column++) {
    const distance = values[start + column] - row[column];
    sum += distance * distance;
  }
  return sum;
}

function judge(boundary: Boundary, columnCount: number): RowJudge {
  const { scaling, gamma, offset, weights, supports } = boundary;
  const z = new Float64Array(columnCount);
  return {
    score(row) {
      standardize(row, scaling, z);
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k] * exp(-gamma * squaredDistance(supports, k * columnCount, z));
      }
      return offset - sum;
    },
    explain(row, parts) {
      standardize(row, scaling, z);
      parts.fill(0);
      for (let k = 0; k < weights.length; k++) {
        for (let column = 0; column < columnCount; column++) {
          const distance = supports[k * columnCount + column] - z[column];
          parts[column] += weights[k] * distance * distance;
        }
      }
    },
  };
}

function read(reader: ByteReader<unknown>, columnCount: number): Boundary {
  const scaling = readScaling(reader, columnCount);
  const gamma = reader.number("gamma", { min: Number.MIN_VALUE });
  const offset = reader.number("offset");
  const weights = reader.numbers("weights", undefined, { min: 0, max: 1 });
  if (weights.length === 0 || weights.length > SUBSAMPLE_MAX) {
    reader.refuse("weights", `have 1 to ${SUBSAMPLE_MAX} entries`, weights.length);
  }
  const supports = reader.numbers("supports", weights.length * columnCount);
  return { scaling, gamma, offset, weights, supports };
}
