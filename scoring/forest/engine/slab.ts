/** Numbers of a slab: 8 kB, which is what one kept result may keep alive. */
const SLAB_LENGTH = 1024;
/** Longer arrays are worth an allocation of their own. */
const CUT_LENGTH_MAX = 64;

/**
 * Makes arrays of zeros, short ones as stretches of a common buffer that no two share: engines take
 * as long to allocate a buffer as a row takes to walk twenty trees.
 */
export function createSlab(): (length: number) => Float64Array<ArrayBuffer> {
  let buffer = new ArrayBuffer(8 * SLAB_LENGTH);
  let used = 0;
  return (length) => {
    if (length > CUT_LENGTH_MAX) return new Float64Array(length);
    if (used + length > SLAB_LENGTH) {
      buffer = new ArrayBuffer(8 * SLAB_LENGTH);
      used = 0;
    }
    const numbers = new Float64Array(buffer, 8 * used, length);
    used += length;
    return numbers;
  };
}
