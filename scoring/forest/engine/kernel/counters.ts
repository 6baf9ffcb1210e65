// Step 3: from vertical counters (word k holds bit k of every row's sum) to one number per row.

import { COUNTERS, SUMS } from "./memory";

/**
 * Adds each row's counted sum to `SUMS`. Sixteen counters' bytes of the same eight rows make a
 * vector; its sign bits are the sixteen bits of one row's sum, and a shift brings up the next row.
 */
export function readCounters(rowCount: i32): void {
  for (let row = 0; row < rowCount; row += 8) {
    const byte = COUNTERS + (row >> 3);
    let low = gather(byte);
    let high = gather(byte + 1024);
    let sum = SUMS + (row << 3) + 56;
    for (let i = 0; i < 8; i++, sum -= 8) {
      const bits = i8x16.bitmask(low) | (i8x16.bitmask(high) << 16);
      store<f64>(sum, load<f64>(sum) + <f64> bits);
      low = i8x16.add(low, low);
      high = i8x16.add(high, high);
    }
  }
}

/** The same byte of sixteen counters. */
function gather(byte: usize): v128 {
  let bytes = i64x2.splat(0);
  bytes = v128.load8_lane(byte, bytes, 0, 0);
  bytes = v128.load8_lane(byte, bytes, 1, 64);
  bytes = v128.load8_lane(byte, bytes, 2, 128);
  bytes = v128.load8_lane(byte, bytes, 3, 192);
  bytes = v128.load8_lane(byte, bytes, 4, 256);
  bytes = v128.load8_lane(byte, bytes, 5, 320);
  bytes = v128.load8_lane(byte, bytes, 6, 384);
  bytes = v128.load8_lane(byte, bytes, 7, 448);
  bytes = v128.load8_lane(byte, bytes, 8, 512);
  bytes = v128.load8_lane(byte, bytes, 9, 576);
  bytes = v128.load8_lane(byte, bytes, 10, 640);
  bytes = v128.load8_lane(byte, bytes, 11, 704);
  bytes = v128.load8_lane(byte, bytes, 12, 768);
  bytes = v128.load8_lane(byte, bytes, 13, 832);
  bytes = v128.load8_lane(byte, bytes, 14, 896);
  return v128.load8_lane(byte, bytes, 15, 960);
}
