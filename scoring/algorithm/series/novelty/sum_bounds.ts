/** Tells whether sums of the numbers of f32 taken last are exact as numbers of f64. */
export interface SumBounds {
  /** Takes the next number; NaN for none. */
  take(value: number): void;
  /** True where any sum and difference of the last `count` numbers, in any order, is exact. */
  isExact(): boolean;
}

/** A number of f32 is a multiple of more than this share of itself. */
const UNIT_SHARE = 1 / 16_777_216;
/** Multiples of a power of two up to so many times it are exact, with a bit to spare. */
const EXACT_MULTIPLES = 4_503_599_627_370_496;

/**
 * Numbers that are multiples of one unit have exact sums while these stay below 2⁵³ units (IEEE 754).
 * Bounds are of `count` to twice as many numbers, so that they need not be looked for again.
 */
export function createSumBounds(count: number): SumBounds {
  let unit = Infinity;
  let greatest = 0;
  let unitBefore = Infinity;
  let greatestBefore = 0;
  let taken = 0;
  return {
    take(value) {
      if (taken === count) {
        unitBefore = unit;
        greatestBefore = greatest;
        unit = Infinity;
        greatest = 0;
        taken = 0;
      }
      taken++;
      const size = Math.abs(value);
      if (size > greatest) greatest = size;
      const own = unitOf(size);
      if (own < unit) unit = own;
    },
    isExact: () =>
      count * Math.max(greatest, greatestBefore) <= EXACT_MULTIPLES * Math.min(unit, unitBefore),
  };
}

/** At most a power of two that the number is a multiple of. */
function unitOf(size: number): number {
  const share = size * UNIT_SHARE;
  return share < 1 && size === Math.floor(size) ? 1 : share;
}
