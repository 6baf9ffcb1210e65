import { ln } from "../../numeric/mod.ts";
import type { ByteReader, ByteWriter } from "../bytes/mod.ts";

/** What is known of a method's scores of training rows, so that a single score can be ranked. */
export interface RankScale {
  /** Scores, ascending, each once. */
  readonly scores: Float64Array;
  /** Share of training rows below each score, half of those at it included; in (0, 1). */
  readonly ranks: Float64Array;
}

/** Scores that are kept: the highest ones all, and as many evenly chosen below. */
const SCORES_MAX = 1024;

/** @param scores Finite scores of training rows, at least one. */
export function rankScaleOf(scores: Float64Array): RankScale {
  const sorted = scores.slice().sort();
  const values: number[] = [];
  const ranks: number[] = [];
  for (let first = 0, next = 0; first < sorted.length; first = next) {
    while (next < sorted.length && sorted[next] === sorted[first]) next++;
    values.push(sorted[first]);
    ranks.push((first + next) / 2 / sorted.length);
  }
  const kept = keptIndices(values.length);
  return {
    scores: Float64Array.from(kept, (index) => values[index]),
    ranks: Float64Array.from(kept, (index) => ranks[index]),
  };
}

function keptIndices(count: number): Uint32Array {
  if (count <= SCORES_MAX) return Uint32Array.from({ length: count }, (_, index) => index);
  const low = SCORES_MAX / 2;
  const highFrom = count - low;
  return Uint32Array.from(
    { length: SCORES_MAX },
    (_, at) => at < low ? Math.floor(at * highFrom / low) : highFrom + at - low,
  );
}

/**
 * Mid-rank of a score among those of the training rows, in (0, 1): linear between two of them, the
 * least one's below all and the greatest one's above all.
 */
export function rankOf({ scores, ranks }: RankScale, score: number): number {
  const last = scores.length - 1;
  if (!(score > scores[0])) return ranks[0];
  if (score >= scores[last]) return ranks[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (scores[middle] <= score) low = middle;
    else high = middle;
  }
  const share = ratioOf(scores[low], score, scores[low], scores[high]);
  return ranks[low] + share * (ranks[high] - ranks[low]);
}

/**
 * −ln(1 − rank): 0.7 at the median, and greater by 0.7 each time that half as many training rows are
 * as high. Beyond the highest of them it goes on with the logarithm of how many times farther from
 * the median a score is, so that far rows keep their order and no method outweighs the others.
 */
export function surpriseOf(scale: RankScale, score: number): number {
  const { scores } = scale;
  const highest = scores[scores.length - 1];
  const surprise = -ln(1 - rankOf(scale, score));
  if (!(score > highest)) return surprise;
  const middle = scores[scores.length >>> 1];
  const end = highest > middle ? highest : middle + Math.max(1, Math.abs(middle));
  return surprise + ln(1 + ratioOf(highest, score, middle, end));
}

/** (to − from) / (end − start), finite whatever finite numbers they are. */
function ratioOf(from: number, to: number, start: number, end: number): number {
  const ratio = Number.isFinite(to - from) && Number.isFinite(end - start)
    ? (to - from) / (end - start)
    : (to / 2 - from / 2) / (end / 2 - start / 2);
  return Math.min(ratio, Number.MAX_VALUE);
}

export function writeRankScale({ scores, ranks }: RankScale, writer: ByteWriter): void {
  writer.numbers(scores);
  writer.numbers(ranks);
}

/** @throws {RangeError} When scores or ranks do not ascend, or a rank is not in (0, 1). */
export function readRankScale(reader: ByteReader<unknown>): RankScale {
  const scores = reader.numbers("scores");
  if (scores.length === 0) reader.refuse("scores", "have an entry at least", 0);
  const ranks = reader.numbers("ranks", scores.length, { min: Number.MIN_VALUE, max: 1 });
  for (let i = 0; i < scores.length; i++) {
    if (!(ranks[i] < 1)) reader.refuse(`ranks[${i}]`, "be below 1", ranks[i]);
    if (i === 0) continue;
    if (!(scores[i] > scores[i - 1])) reader.refuse(`scores[${i}]`, "ascend", scores[i]);
    if (!(ranks[i] > ranks[i - 1])) reader.refuse(`ranks[${i}]`, "ascend", ranks[i]);
  }
  return { scores, ranks };
}
