import { countMarked, rowsByScore } from "./ranges.ts";

/**
 * Average precision, the area below the precision-recall steps: over the distinct scores as
 * thresholds, falling, Σ (recall step) × precision (`average_precision_score` of scikit-learn).
 *
 * @param labels One a score, not 0 where the row is anomalous.
 * @returns In (0, 1]; NaN when no row is anomalous.
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  const positives = countMarked(labels);
  if (positives === 0) return NaN;
  const order = rowsByScore(scores);
  let area = 0;
  let found = 0;
  let foundBefore = 0;
  for (let rank = 0; rank < order.length; rank++) {
    if (labels[order[rank]] !== 0) found++;
    // Rows of one score come above a threshold together.
    const isLast = rank + 1 === order.length || scores[order[rank + 1]] < scores[order[rank]];
    if (!isLast || found === foundBefore) continue;
    area += (found - foundBefore) / positives * (found / (rank + 1));
    foundBefore = found;
  }
  return area;
}
