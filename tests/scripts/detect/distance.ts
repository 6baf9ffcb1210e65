import type { Algorithm, Fitted } from "../../../scoring/algorithm/mod.ts";
import type { Matrix } from "../../../scoring/forest/mod.ts";
import { quantile } from "../../../scoring/numeric/mod.ts";

/** A method for tests: how far a row lies from the training medians, in ranges of the columns. */
export const distance: Algorithm = {
  name: "distance",
  input: "rows",
  source: "tests",
  parameters: { power: { default: 1, min: 1, max: 2, help: "Of the distance" } },
  fit: (rows) => fittedTo(rows),
  restore: () => {
    throw new RangeError("Cannot restore distance");
  },
};

function fittedTo(rows: Matrix): Fitted {
  const columns = Array.from({ length: rows.columnCount }, (_, column) => {
    const values = Array.from(
      { length: rows.rowCount },
      (_, row) => rows.data[row * rows.columnCount + column],
    ).filter(Number.isFinite).sort((left, right) => left - right);
    const range = quantile(values, 0.9) - quantile(values, 0.1);
    return { centre: quantile(values, 0.5), range: range || 1 };
  });
  const partsOf = (row: Float32Array) =>
    Float64Array.from(columns, ({ centre, range }, column) => {
      const part = Math.abs(row[column] - centre) / range;
      return Number.isFinite(part) ? part : 0;
    });
  const open = () => {
    let parts = new Float64Array(columns.length);
    return {
      push(row: Float32Array) {
        parts = partsOf(row);
        return parts.reduce((sum, part) => sum + part, 0);
      },
      explain: () => parts.slice(),
    };
  };
  return {
    columnCount: columns.length,
    lookbackRows: 0,
    scale: "relative",
    open,
    scoreBatch(batch) {
      const { data, rowCount, columnCount } = batch;
      const scorer = open();
      return Float64Array.from(
        { length: rowCount },
        (_, row) => scorer.push(data.subarray(row * columnCount, (row + 1) * columnCount)),
      );
    },
    serialize: () => new Uint8Array(),
  };
}
