import { symmetricEigen } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import {
  covariance,
  momentScaling,
  readScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  standardize,
  standardizedTable,
  type Table,
  writeScaling,
} from "../frame/mod.ts";

const parameters = {
  kept_share: {
    default: 1,
    min: 0.01,
    max: 1,
    help: "share of the variance that the components hold that are looked at, greatest first",
  },
};

/** Directions below it are columns that are sums of others: only rounding lies along them. */
const VARIANCE_MIN = 1e-9;

interface Components {
  readonly scaling: Scaling;
  /** Above 0, greatest first; none where all columns are constant. */
  readonly variances: Float64Array;
  /** Of length 1, one after the other. */
  readonly vectors: Float64Array;
}

/**
 * Principal component classifier (Shyu et al. 2003): the sum of y²/λ over the components of the
 * standardized columns. Rows are far along wide components where they are extreme, along narrow
 * ones where they break how columns go together.
 */
export const pca: Algorithm = rowAlgorithm<typeof parameters, Components>({
  name: "pca",
  source:
    "M.-L. Shyu et al.: A Novel Anomaly Detection Scheme Based on Principal Component Classifier, ICDM Foundations Workshop 2003",
  parameters,
  version: 1,
  scale: "relative",
  fit: (table, { parameters }) => fitComponents(table, parameters.kept_share),
  judge,
  write({ scaling, variances, vectors }, writer) {
    writeScaling(scaling, writer);
    writer.numbers(variances);
    writer.numbers(vectors);
  },
  read,
});

function fitComponents(table: Table, keptShare: number): Components {
  const { rowCount, columnCount } = table;
  const scaling = momentScaling(table);
  const rows = standardizedTable(table, scaling);
  const { values, vectors } = symmetricEigen(
    covariance(rows, rowCount, columnCount).covariance,
    columnCount,
  );
  let total = 0;
  for (const value of values) total += Math.max(value, 0);
  let count = 0;
  for (let held = 0; count < columnCount && values[count] >= VARIANCE_MIN; count++) {
    if (held >= keptShare * total) break;
    held += values[count];
  }
  return {
    scaling,
    variances: values.slice(0, count),
    vectors: vectors.slice(0, count * columnCount),
  };
}

function judge({ scaling, variances, vectors }: Components, columnCount: number): RowJudge {
  const z = new Float64Array(columnCount);
  const along = (component: number) => {
    let y = 0;
    const start = component * columnCount;
    for (let column = 0; column < columnCount; column++) y += vectors[start + column] * z[column];
    return y;
  };
  return {
    score(row) {
      standardize(row, scaling, z);
      let sum = 0;
      for (let component = 0; component < variances.length; component++) {
        const y = along(component);
        sum += y * y / variances[component];
      }
      return sum;
    },
    // The whitened row turned back into columns: as vectors are orthonormal, the squares of
    // Σₖ eₖ yₖ/√λₖ add up to Σ yₖ²/λₖ, and none is below 0.
    explain(row, parts) {
      standardize(row, scaling, z);
      parts.fill(0);
      for (let component = 0; component < variances.length; component++) {
        const whitened = along(component) / Math.sqrt(variances[component]);
        for (let column = 0; column < columnCount; column++) {
          parts[column] += whitened * vectors[component * columnCount + column];
        }
      }
      for (let column = 0; column < columnCount; column++) parts[column] *= parts[column];
    },
  };
}

function read(reader: ByteReader<unknown>, columnCount: number): Components {
  const scaling = readScaling(reader, columnCount);
  const variances = reader.numbers("variances", undefined, { min: VARIANCE_MIN });
  if (variances.length > columnCount) {
    reader.refuse("variances", `have at most ${columnCount} entries`, variances.length);
  }
  const vectors = reader.numbers("vectors", variances.length * columnCount, { min: -2, max: 2 });
  return { scaling, variances, vectors };
}
