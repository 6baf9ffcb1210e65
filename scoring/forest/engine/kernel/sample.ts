// The rows of a tree, as `scoring/numeric/sampler.ts` chooses them, draw for draw.

import { CHOSEN, FIT_BITS } from "./memory";
import { below } from "./random";

/** Floyd's sampling: writes `count` distinct numbers below `total` to `CHOSEN`. */
export function sampleRows(total: i32, count: i32): void {
  const first = total - count;
  for (let i = 0; i < count; i++) {
    const drawn = <i32> below(first + i + 1);
    const isTaken = (load<u8>(FIT_BITS + (drawn >> 3)) >> <u8> (drawn & 7)) & 1;
    const taken = isTaken ? first + i : drawn;
    store<i32>(CHOSEN + (i << 2), taken);
    const byte = FIT_BITS + (taken >> 3);
    store<u8>(byte, load<u8>(byte) | (<u8> 1 << <u8> (taken & 7)));
  }
  for (let i = 0; i < count; i++) {
    store<u8>(FIT_BITS + (load<i32>(CHOSEN + (i << 2)) >> 3), 0);
  }
}
