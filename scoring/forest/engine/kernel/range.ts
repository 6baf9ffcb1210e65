// A column over the rows of a node: its values side by side, and their range.

import { FIT_VALUES } from "./memory";

/** Of the finite values of the column that was read last. */
export let least: f32 = 0;
export let greatest: f32 = 0;

/**
 * Writes a column's values of some rows to `FIT_VALUES`, four at a time. Rows are followed by
 * repetitions of the first up to a multiple of four, which change no range.
 */
export function readColumn(rows: usize, size: i32, column: i32): void {
  let least4 = f32x4.splat(<f32> Infinity);
  let greatest4 = f32x4.splat(<f32> -Infinity);
  const end = rows + (size << 2);
  let to = FIT_VALUES;
  for (let at = rows; at < end; at += 16, to += 16) {
    let values = v128.load32_zero(column + load<u32>(at));
    values = v128.load32_lane(column + load<u32>(at, 4), values, 1);
    values = v128.load32_lane(column + load<u32>(at, 8), values, 2);
    values = v128.load32_lane(column + load<u32>(at, 12), values, 3);
    v128.store(to, values);
    // NaN for what is not finite; pmin and pmax of this order pass over it.
    const finite = f32x4.add(values, f32x4.sub(values, values));
    least4 = f32x4.pmin(least4, finite);
    greatest4 = f32x4.pmax(greatest4, finite);
  }
  least4 = f32x4.pmin(least4, i32x4.shuffle(least4, least4, 2, 3, 0, 1));
  least4 = f32x4.pmin(least4, i32x4.shuffle(least4, least4, 1, 0, 3, 2));
  greatest4 = f32x4.pmax(greatest4, i32x4.shuffle(greatest4, greatest4, 2, 3, 0, 1));
  greatest4 = f32x4.pmax(greatest4, i32x4.shuffle(greatest4, greatest4, 1, 0, 3, 2));
  least = f32x4.extract_lane(least4, 0);
  greatest = f32x4.extract_lane(greatest4, 0);
}
