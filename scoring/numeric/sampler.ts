import type { Random } from "./random.ts";

/**
 * Draws sets of distinct numbers below `total`, each set with equal probability, reusing its
 * memory.
 */
export interface Sampler {
  /** Fills `chosen`, which must not be longer than `total`. */
  fill(chosen: Uint32Array, random: Random): void;
}

/** Floyd's sampling: one draw per chosen number whatever the total. */
export function createSampler(total: number): Sampler {
  const isChosen = new Uint8Array(total);
  return {
    fill(chosen, random) {
      const first = total - chosen.length;
      for (let i = 0; i < chosen.length; i++) {
        const drawn = random.below(first + i + 1);
        chosen[i] = isChosen[drawn] ? first + i : drawn;
        isChosen[chosen[i]] = 1;
      }
      for (const number of chosen) isChosen[number] = 0;
    },
  };
}
