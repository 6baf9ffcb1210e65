import { countMarked, markedRows, type RowRange, rowsByScore, runsOf } from "./ranges.ts";

/** Buffers around anomalous ranges over which the volume is taken, rows. */
const BUFFERS: readonly number[] = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
const THRESHOLDS = 250;

/**
 * Volume under the surface of range-based precision and recall (Paparrizos et al. 2022; the form of
 * TSB-AD 2024 with fixed buffers): the mean over buffers L = 0, 10, …, 100 of an area whose labels
 * fall off as √(1 − distance/L) up to ⌊L/2⌋ rows around each anomalous range. Over 250 thresholds,
 * the scores of ranks ⌊k(n − 1)/249⌋: TP = Σ soft labels of the rows at or above it,
 * P = anomalous rows + (TP − anomalous rows among them)/2, recall = min(TP/P, 1) × the share of
 * softly labelled zones that have such a row, precision = TP / such rows.
 *
 * @returns In [0, 1]; NaN when no row is anomalous.
 */
export function vusPr(scores: ArrayLike<number>, ranges: readonly RowRange[]): number {
  const labels = markedRows(scores.length, ranges);
  if (countMarked(labels) === 0) return NaN;
  const ranking = rankingOf(scores);
  const sum = BUFFERS.reduce((sum, buffer) => sum + areaWith(buffer, labels, ranking), 0);
  return sum / BUFFERS.length;
}

/** Labels with a falling buffer around each range; 1 at most where buffers meet. */
export function softLabels(labels: Uint8Array, buffer: number): Float64Array {
  const soft = Float64Array.from(labels);
  const reach = Math.floor(buffer / 2);
  for (const [first, last] of runsOf(labels)) {
    for (let distance = 1; distance <= reach; distance++) {
      const weight = Math.sqrt(1 - distance / buffer);
      for (const row of [first - distance, last + distance]) {
        if (row >= 0 && row < soft.length) soft[row] = Math.min(1, soft[row] + weight);
      }
    }
  }
  return soft;
}

interface Ranking {
  /** Rows by falling score. */
  readonly order: Uint32Array;
  /** How many rows reach each threshold, ascending. */
  readonly reaching: readonly number[];
}

function rankingOf(scores: ArrayLike<number>): Ranking {
  const order = rowsByScore(scores);
  const reaching: number[] = [];
  for (let step = 0; step < THRESHOLDS; step++) {
    let rank = Math.floor(step * (order.length - 1) / (THRESHOLDS - 1));
    const threshold = scores[order[rank]];
    // Ties reach it, too.
    rank = Math.max(rank, reaching[step - 1] ?? 0);
    while (rank < order.length && scores[order[rank]] >= threshold) rank++;
    reaching.push(rank);
  }
  return { order, reaching };
}

function areaWith(buffer: number, labels: Uint8Array, { order, reaching }: Ranking): number {
  const soft = softLabels(labels, buffer);
  const { zoneOf, zoneCount } = zonesOf(soft);
  const positives = countMarked(labels);
  const isSeen = new Uint8Array(zoneCount);
  const counts = { soft: 0, hard: 0, zones: 0 };
  let area = 0;
  let recallBefore = 0;
  let rank = 0;
  for (const reached of reaching) {
    for (; rank < reached; rank++) {
      const row = order[rank];
      if (soft[row] === 0) continue;
      counts.soft += soft[row];
      counts.hard += labels[row];
      if (isSeen[zoneOf[row]] === 0) counts.zones++;
      isSeen[zoneOf[row]] = 1;
    }
    const wanted = positives + (counts.soft - counts.hard) / 2;
    const recall = Math.min(counts.soft / wanted, 1) * counts.zones / zoneCount;
    area += (recall - recallBefore) * (counts.soft / reached);
    recallBefore = recall;
  }
  return area;
}

/** Zones of rows with a soft label; of other rows the zone means nothing. */
function zonesOf(soft: Float64Array): { zoneOf: Uint32Array; zoneCount: number } {
  const zones = runsOf(soft);
  const zoneOf = new Uint32Array(soft.length);
  zones.forEach(([first, last], zone) => zoneOf.fill(zone, first, last + 1));
  return { zoneOf, zoneCount: zones.length };
}
