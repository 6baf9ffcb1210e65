import { countMarked, rowsByScore } from "./ranges.ts";

/**
 * Area below the receiver operating characteristic: the share of pairs of an anomalous and a normal
 * row in which the anomalous one scores higher; ties count one half (Mann and Whitney 1947).
 *
 * @param labels One a score, not 0 where the row is anomalous.
 * @returns In [0, 1]; NaN when all rows are of one kind.
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const positives = countMarked(labels);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return NaN;
  const order = rowsByScore(scores);
  let pairs = 0;
  let above = 0;
  for (let rank = 0; rank < order.length;) {
    const score = scores[order[rank]];
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; rank < order.length && scores[order[rank]] === score; rank++) {
      if (labels[order[rank]] !== 0) tiedPositives++;
      else tiedNegatives++;
    }
    pairs += tiedNegatives * (above + tiedPositives / 2);
    above += tiedPositives;
  }
  return pairs / (positives * negatives);
}
