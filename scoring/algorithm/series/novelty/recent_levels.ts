/** The last levels of a signal, and which of them stand out. */
export interface RecentLevels {
  push(level: number): void;
  /** True when the level pushed last is above 0 and above all of the `reach` levels before it. */
  isRecord(): boolean;
  /**
   * The level of `reach` rows ago when it is above 0, above all of the `reach` before it and not
   * below any after it; else 0. Two peaks are always more than `reach` rows apart.
   */
  peak(): number;
}

/** Before the first level all are 0. */
export function createRecentLevels(reach: number): RecentLevels {
  const size = 2 * reach + 1;
  // Each level is kept twice, one size apart, so that the window lies in one piece.
  const levels = new Float64Array(2 * size);
  let newest = size - 1;
  const isAboveBefore = (index: number) => {
    const level = levels[index];
    if (!(level > 0)) return false;
    for (let before = index - 1; before >= index - reach; before--) {
      if (levels[before] >= level) return false;
    }
    return true;
  };
  return {
    push(level) {
      newest = newest + 1 === size ? 0 : newest + 1;
      levels[newest] = level;
      levels[newest + size] = level;
    },
    isRecord: () => isAboveBefore(newest + size),
    peak() {
      const centre = newest + size - reach;
      if (!isAboveBefore(centre)) return 0;
      for (let after = centre + 1; after <= centre + reach; after++) {
        if (levels[after] > levels[centre]) return 0;
      }
      return levels[centre];
    },
  };
}
