/** Rows of alerts and labels, counted over any number of series. */
export interface AlertCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Rates over all rows that were counted; NaN where nothing of the kind was. */
export interface AlertRates {
  /** 2 TP / (2 TP + FP + FN); always alerting may be high already, so it counts with `far` only. */
  readonly f1: number;
  /** False alarm rate FP / (FP + TN). */
  readonly far: number;
  /** Missed alarm rate FN / (FN + TP). */
  readonly mar: number;
}

/** Counts rows by alert and label, point by point as the Skoltech benchmark does. */
export function countAlerts(alerts: ArrayLike<number>, labels: ArrayLike<number>): AlertCounts {
  // By alert × 2 + label.
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    counts[(alerts[row] !== 0 ? 2 : 0) + (labels[row] !== 0 ? 1 : 0)]++;
  }
  const [trueNegatives, falseNegatives, falsePositives, truePositives] = counts;
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

/** F1, false and missed alarm rates of series pooled row by row (SKAB, Katser and Kozitsin 2020). */
export function alertRates(counts: readonly AlertCounts[]): AlertRates {
  const total = (part: keyof AlertCounts) => counts.reduce((sum, one) => sum + one[part], 0);
  const found = total("truePositives");
  const wrong = total("falsePositives");
  const missed = total("falseNegatives");
  return {
    f1: 2 * found / (2 * found + wrong + missed),
    far: wrong / (wrong + total("trueNegatives")),
    mar: missed / (missed + found),
  };
}
