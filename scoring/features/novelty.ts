import { createSortedValues, type SortedValues, toFloat32 } from "../numeric/mod.ts";
import { positionIn } from "./history.ts";

/** Buckets whose levels count as known: three and a half days at five minutes. */
const KNOWN_BUCKETS = 1024;
/** The newest buckets are not known yet, so that what has just begun stays novel for a while. */
const RECENT_BUCKETS = 48;
/** Known levels without which nothing is called novel. */
const KNOWN_MIN = 64;
/** Ranges beyond which one novelty is as good as another; also of any change after a constant. */
const NOVELTY_MAX = 10;

/** Buckets before one that its novelty depends on, besides those its level is made of. */
export const NOVELTY_HISTORY_BUCKETS = KNOWN_BUCKETS + RECENT_BUCKETS;

/**
 * How unlike anything known a level is: its distance to the nearest known level over the range of
 * all known ones. Levels are kept as f32, as a ring and once more in order.
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
  let known = createSortedValues(KNOWN_BUCKETS);
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
      known.replace(leaving, entering);
      const own = toFloat32(level);
      levels[position] = own;
      current = noveltyOf(known, own);
    },
    reset() {
      levels.fill(NaN);
      known = createSortedValues(KNOWN_BUCKETS);
      current = NaN;
    },
  };
}

function noveltyOf(known: SortedValues, level: number): number {
  if (known.count < KNOWN_MIN || level !== level) return NaN;
  const distance = known.distanceTo(level);
  if (distance === 0) return 0;
  return Math.min(NOVELTY_MAX, distance / (known.max - known.min));
}
