import type { Algorithm } from "../algorithm.ts";
import { readScaling, robustScaling, rowAlgorithm, writeScaling } from "../frame/mod.ts";
import { greatestDeviation } from "./z_score.ts";

const parameters = {
  threshold: {
    default: 3.5,
    min: 0.1,
    max: 1000,
    help: "modified z-score from which a row alerts",
  },
};

/**
 * The modified z-score: the greatest distance of a column from its median, in units of its median
 * absolute deviation (Iglewicz and Hoaglin 1993). Where more than half of a column's values are one,
 * the mean absolute deviation takes its place, as the authors advise.
 */
export const mad: Algorithm = rowAlgorithm({
  name: "mad",
  source: "B. Iglewicz, D. Hoaglin: How to Detect and Handle Outliers, ASQC, 1993",
  parameters,
  version: 1,
  scale: "relative",
  fit: (_table, _given, rows) => robustScaling(rows),
  judge: (scaling) => greatestDeviation(scaling),
  alerts: ({ threshold }) => ({ threshold, release: threshold }),
  write: writeScaling,
  read: readScaling,
});
