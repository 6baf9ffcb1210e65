import { createRecentLevels } from "./recent_levels.ts";

/** Sum of past episodes at which surprise is down to 1/√2 of what it is to a series without any. */
const EPISODES_HALF = 0.3;

/**
 * How surprising a novelty still is: its height over the root of what has been there before. Where
 * something new comes every other day, new things are no news.
 */
export interface Habituation {
  /** Takes the next novelty, from 0 to 1; gives its surprise, from 0 on. */
  push(novelty: number): number;
}

/**
 * Past novelty counts once an episode: by its peaks, which are more than `reach` rows apart.
 *
 * @param memory Rows for which a peak is remembered after it is known to be one.
 */
export function createHabituation(reach: number, memory: number): Habituation {
  const recent = createRecentLevels(reach);
  const episodes = createEpisodes(Math.floor(memory / (reach + 1)) + 2, memory);
  return {
    push(novelty) {
      recent.push(novelty);
      const heights = episodes.push(recent.peak());
      return novelty / Math.sqrt(EPISODES_HALF + heights);
    },
  };
}

/** Sum of the heights that were pushed in the last `memory` rows, of which few are not 0. */
function createEpisodes(capacity: number, memory: number) {
  const heights = new Float64Array(capacity);
  /** Row of each height. */
  const pushedAt = new Float64Array(capacity);
  let row = 0;
  let count = 0;
  let sum = 0;
  const addUp = () => {
    // From the oldest to the newest, so that the bits depend on what is remembered alone.
    sum = 0;
    for (let index = 0; index < count; index++) sum += heights[index];
  };
  return {
    push(height: number): number {
      row++;
      const hasLeft = count > 0 && row - pushedAt[0] === memory;
      if (hasLeft) {
        heights.copyWithin(0, 1, count);
        pushedAt.copyWithin(0, 1, count);
        count--;
      }
      if (height > 0) {
        heights[count] = height;
        pushedAt[count] = row;
        count++;
      }
      if (hasLeft || height > 0) addUp();
      return sum;
    },
  };
}
