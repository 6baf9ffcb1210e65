import { positionIn } from "./history.ts";

/** Buckets whose levels count as known: three and a half days at five minutes. */
const KNOWN_BUCKETS = 1024;
/** The newest buckets are not known yet, so that what has just begun stays novel for a while. */
const RECENT_BUCKETS = 48;
/** Known levels without which nothing is called novel. */
const KNOWN_MIN = 64;
/** Ranges beyond which one novelty is as good as another; also of any change after a constant. */
const NOVELTY_MAX = 10;
const FLOAT32_MAX = 3.4028234663852886e38;

/** Buckets before one that its novelty depends on, besides those its level is made of. */
export const NOVELTY_HISTORY_BUCKETS = KNOWN_BUCKETS + RECENT_BUCKETS;

/**
 * How unlike anything known a level is: its distance to the nearest known level over the range of
 * all known ones. Levels are kept as f32, as a ring and once more in order; the order follows from
 * what the ring holds, so its bits do not depend on where folding began.
 */
export interface Novelty {
  /** Of the level pushed last; NaN while it or too little is known. */
  readonly current: number;
  /** Takes the level of the next bucket; NaN where there is none. */
  push(bucket: number, level: number): void;
  reset(): void;
}

export function createNovelty(): Novelty {
  const size = NOVELTY_HISTORY_BUCKETS + 1;
  const levels = new Float32Array(size).fill(NaN);
  const known = new Float32Array(KNOWN_BUCKETS);
  let count = 0;
  let current = NaN;
  return {
    get current() {
      return current;
    },
    push(bucket, level) {
      const position = positionIn(size, bucket);
      // The oldest of the ring is where the newest comes: it has been known and is so no longer.
      const leaving = levels[positionIn(size, bucket - NOVELTY_HISTORY_BUCKETS)];
      const entering = levels[positionIn(size, bucket - RECENT_BUCKETS)];
      count = replaceSorted(known, count, leaving, entering);
      const own = rounded(level);
      levels[position] = own;
      current = noveltyOf(known, count, own);
    },
    reset() {
      levels.fill(NaN);
      count = 0;
      current = NaN;
    },
  };
}

/** To f32, and without −0, which an order cannot tell from 0. */
function rounded(level: number): number {
  return Math.fround(Math.max(-FLOAT32_MAX, Math.min(FLOAT32_MAX, level))) + 0;
}

function noveltyOf(known: Float32Array, count: number, level: number): number {
  if (count < KNOWN_MIN || level !== level) return NaN;
  const above = firstAtLeast(known, count, level);
  const distance = Math.min(
    above < count ? known[above] - level : Infinity,
    above > 0 ? level - known[above - 1] : Infinity,
  );
  if (distance === 0) return 0;
  return Math.min(NOVELTY_MAX, distance / (known[count - 1] - known[0]));
}

/** Takes one value out and another one in, NaN for none; gives how many there are then. */
function replaceSorted(
  sorted: Float32Array,
  count: number,
  leaving: number,
  entering: number,
): number {
  const from = leaving === leaving ? firstAtLeast(sorted, count, leaving) : count;
  if (entering !== entering) {
    if (leaving !== leaving) return count;
    sorted.copyWithin(from, from + 1, count);
    return count - 1;
  }
  const to = firstAtLeast(sorted, count, entering);
  if (to > from) {
    // All between the two move by one place, which is less than all behind each of them.
    sorted.copyWithin(from, from + 1, to);
    sorted[to - 1] = entering;
  } else {
    sorted.copyWithin(to + 1, to, from);
    sorted[to] = entering;
  }
  return leaving === leaving ? count : count + 1;
}

/** Index of the first of `count` ascending values that is not below `value`. */
function firstAtLeast(sorted: Float32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
