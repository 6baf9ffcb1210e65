import type { Algorithm } from "../../algorithm.ts";
import {
  momentScaling,
  readScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  VALUE_MAX,
  writeScaling,
} from "../../frame/mod.ts";

const bound = { min: -VALUE_MAX, max: VALUE_MAX };

const parameters = {
  low: { default: -VALUE_MAX, ...bound, help: "values below it alert" },
  high: { default: VALUE_MAX, ...bound, help: "values above it alert" },
};

/**
 * Fixed limits, the same for all columns: how far a value is past them, in standard deviations of
 * its column in training; 0 inside. Alerts begin above 0. A missing value breaks no limit.
 */
export const staticLimits: Algorithm = rowAlgorithm<typeof parameters, Scaling>({
  name: "static_limits",
  source:
    "I. Zahumenský: Guidelines on Quality Control Procedures for Data from Automatic Weather Stations, WMO 2004",
  parameters,
  version: 1,
  scale: "relative",
  fit(table, { parameters: { low, high } }) {
    if (low > high) {
      throw new RangeError(
        `Cannot take parameter low as it must be at most high, ${high}: current value is ${low}`,
      );
    }
    return momentScaling(table);
  },
  judge: ({ scale }, _, { low, high }) => judge(scale, low, high),
  alerts: () => ({ threshold: 0, release: 0 }),
  write: writeScaling,
  read: readScaling,
});

function judge(scale: Float64Array, low: number, high: number): RowJudge {
  const excess = (row: Float64Array, column: number) =>
    Math.max(low - row[column], row[column] - high, 0) / scale[column];
  return {
    score(row) {
      let greatest = 0;
      for (let column = 0; column < row.length; column++) {
        greatest = Math.max(greatest, excess(row, column));
      }
      return greatest;
    },
    explain(row, parts) {
      for (let column = 0; column < row.length; column++) parts[column] = excess(row, column);
    },
  };
}
