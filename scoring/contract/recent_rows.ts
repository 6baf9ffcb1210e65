/** Rows back to which a row is compared: memory must not grow with the file. */
export const DUPLICATE_ROWS_MAX = 65_536;

const TWO_21 = 2_097_152;

/** Tells rows that were there shortly before. */
export interface RecentRows {
  /** True when one of the last `DUPLICATE_ROWS_MAX` rows had the same cells. */
  add(cells: readonly string[]): boolean;
}

/** Keeps a number of 53 bits for each row: two of 65,536 rows share one once in four million files. */
export function createRecentRows(): RecentRows {
  const counts = new Map<number, number>();
  const ring = new Float64Array(DUPLICATE_ROWS_MAX);
  let rows = 0;
  return {
    add(cells) {
      const key = keyOf(cells);
      const isKnown = counts.has(key);
      const slot = rows++ % DUPLICATE_ROWS_MAX;
      if (rows > DUPLICATE_ROWS_MAX) forget(counts, ring[slot]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      ring[slot] = key;
      return isKnown;
    },
  };
}

function forget(counts: Map<number, number>, key: number): void {
  const left = counts.get(key)! - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}

/** Two hashes by Fowler, Noll and Vo with different starts, as one number. */
function keyOf(cells: readonly string[]): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (const cell of cells) {
    for (let at = 0; at < cell.length; at++) {
      const code = cell.charCodeAt(at);
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul(low ^ code, 0x01000193) + 0x6b43a9b5 | 0;
    }
    // No character has this code: cells that run together differ.
    high = Math.imul(high ^ 0x10000, 0x01000193);
    low = Math.imul(low ^ 0x10000, 0x01000193);
  }
  return (high >>> 0) * TWO_21 + (low >>> 11);
}
