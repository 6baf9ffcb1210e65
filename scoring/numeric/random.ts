/** A seeded stream of numbers: the same seed gives the same numbers in every engine. */
export interface Random {
  /** 0 to 2³² − 1. */
  nextUint32(): number;
  /** A multiple of 2⁻⁵³ in [0, 1). */
  nextFloat(): number;
  /**
   * An integer in [0, n), each with equal probability.
   *
   * @throws {RangeError} When n is not an integer from 1 to 2³².
   */
  below(n: number): number;
}

const TWO_32 = 4294967296;

/**
 * A generator (sfc32 by Chris Doty-Humphrey, period about 2¹²⁷) for sampling and tests, not for
 * secrets.
 *
 * @param seed An integer from 0 to 2⁵³ − 1; all of its bits count.
 * @throws {RangeError} When the seed is anything else.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`Cannot seed random as seed must be an integer in [0, 2^53): ${seed}`);
  }
  let a = 0;
  let b = seed >>> 0;
  let c = Math.floor(seed / TWO_32);
  let counter = 1;

  function nextUint32(): number {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result | 0;
    return result >>> 0;
  }

  // Twelve rounds spread the seed over the whole state, as the author's own seeding does.
  for (let round = 0; round < 12; round++) nextUint32();

  return {
    nextUint32,
    nextFloat() {
      const high = nextUint32() >>> 5;
      const low = nextUint32() >>> 6;
      return (high * 67108864 + low) / 9007199254740992;
    },
    below(n) {
      if (!(Number.isInteger(n) && n >= 1 && n <= TWO_32)) {
        throw new RangeError(`Cannot draw below n as n must be an integer in [1, 2^32]: ${n}`);
      }
      // Numbers past the last whole multiple of n would favour the small remainders. Only the last
      // n of all can be past it, so the slow remainder of 2³² is rarely needed.
      let drawn = nextUint32();
      if (drawn >= TWO_32 - n) {
        const limit = TWO_32 - TWO_32 % n;
        while (drawn >= limit) drawn = nextUint32();
      }
      return n === TWO_32 ? drawn : drawn % (n >>> 0);
    },
  };
}
