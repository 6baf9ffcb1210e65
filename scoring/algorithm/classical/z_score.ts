import type { Algorithm } from "../algorithm.ts";
import {
  momentScaling,
  readScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  writeScaling,
} from "../frame/mod.ts";

const parameters = {
  sigmas: { default: 3, min: 0.1, max: 1000, help: "standard deviations from which a row alerts" },
};

/**
 * The 3σ rule: the greatest distance of a column from its mean, in standard deviations (Shewhart
 * 1931). Alerts begin above `sigmas`.
 */
export const zScore: Algorithm = rowAlgorithm({
  name: "z_score",
  source: "W. A. Shewhart: Economic Control of Quality of Manufactured Product, 1931",
  parameters,
  version: 1,
  scale: "relative",
  fit: momentScaling,
  judge: (scaling) => greatestDeviation(scaling),
  alerts: ({ sigmas }) => ({ threshold: sigmas, release: sigmas }),
  write: writeScaling,
  read: readScaling,
});

/** Scores a row by the column that is farthest off. */
export function greatestDeviation({ center, scale }: Scaling): RowJudge {
  const deviation = (row: Float64Array, column: number) =>
    Math.abs(row[column] - center[column]) / scale[column];
  return {
    score(row) {
      let greatest = 0;
      for (let column = 0; column < center.length; column++) {
        greatest = Math.max(greatest, deviation(row, column));
      }
      return greatest;
    },
    explain(row, parts) {
      for (let column = 0; column < center.length; column++) parts[column] = deviation(row, column);
    },
  };
}
