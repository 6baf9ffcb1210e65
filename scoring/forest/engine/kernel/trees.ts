// Step 2: all rows of a block go through a tree at once, and their path lengths are added to the
// vertical counters.

import { COUNTERS, MASKS, SLOT_BYTES, SLOTS } from "./memory";

/** The rows of a node go right where its mask has their bit, else left. The program's next word. */
export function splitRows<Block>(program: usize): usize {
  const end = program + 2 + (<usize> load<u16>(program) << 2);
  let left = SLOTS + 2 * SLOT_BYTES;
  let at = program + 2;
  for (; at < end; at += 4, left += 2 * SLOT_BYTES) {
    const mask = MASKS + <usize> load<u16>(at) * (sizeof<Block>() * 16);
    const node = <usize> load<u16>(at, 2);
    const rows0 = v128.load(node);
    const right0 = v128.and(rows0, v128.load(mask));
    v128.store(left, v128.xor(rows0, right0));
    v128.store(left, right0, 64);
    if (sizeof<Block>() == 4) {
      const rows1 = v128.load(node, 16);
      const rows2 = v128.load(node, 32);
      const rows3 = v128.load(node, 48);
      const right1 = v128.and(rows1, v128.load(mask, 16));
      const right2 = v128.and(rows2, v128.load(mask, 32));
      const right3 = v128.and(rows3, v128.load(mask, 48));
      v128.store(left, v128.xor(rows1, right1), 16);
      v128.store(left, v128.xor(rows2, right2), 32);
      v128.store(left, v128.xor(rows3, right3), 48);
      v128.store(left, right1, 80);
      v128.store(left, right2, 96);
      v128.store(left, right3, 112);
    }
  }
  return at;
}

/** Adds a tree's planes to the counters, as one addition of all rows: carries ripple upwards. */
export function addPlanes<Block>(program: usize, planeCount: i32, counterCount: i32): usize {
  const zero = i64x2.splat(0);
  let carry0 = zero;
  let carry1 = zero;
  let carry2 = zero;
  let carry3 = zero;
  let at = program;
  let counter = COUNTERS;
  const planesEnd = COUNTERS + planeCount * SLOT_BYTES;
  const end = COUNTERS + counterCount * SLOT_BYTES;
  for (; counter < planesEnd; counter += SLOT_BYTES) {
    let bit0 = zero;
    let bit1 = zero;
    let bit2 = zero;
    let bit3 = zero;
    const last = at + (<usize> load<u16>(at) << 1);
    while (at < last) {
      at += 2;
      const slot = <usize> load<u16>(at);
      bit0 = v128.xor(bit0, v128.load(slot));
      if (sizeof<Block>() == 4) {
        bit1 = v128.xor(bit1, v128.load(slot, 16));
        bit2 = v128.xor(bit2, v128.load(slot, 32));
        bit3 = v128.xor(bit3, v128.load(slot, 48));
      }
    }
    at += 2;
    const old0 = v128.load(counter);
    const sum0 = v128.xor(old0, bit0);
    v128.store(counter, v128.xor(sum0, carry0));
    carry0 = v128.or(v128.and(old0, bit0), v128.and(sum0, carry0));
    if (sizeof<Block>() == 4) {
      const old1 = v128.load(counter, 16);
      const old2 = v128.load(counter, 32);
      const old3 = v128.load(counter, 48);
      const sum1 = v128.xor(old1, bit1);
      const sum2 = v128.xor(old2, bit2);
      const sum3 = v128.xor(old3, bit3);
      v128.store(counter, v128.xor(sum1, carry1), 16);
      v128.store(counter, v128.xor(sum2, carry2), 32);
      v128.store(counter, v128.xor(sum3, carry3), 48);
      carry1 = v128.or(v128.and(old1, bit1), v128.and(sum1, carry1));
      carry2 = v128.or(v128.and(old2, bit2), v128.and(sum2, carry2));
      carry3 = v128.or(v128.and(old3, bit3), v128.and(sum3, carry3));
    }
  }
  for (; counter < end; counter += SLOT_BYTES) {
    const old0 = v128.load(counter);
    v128.store(counter, v128.xor(old0, carry0));
    carry0 = v128.and(old0, carry0);
    if (sizeof<Block>() == 4) {
      const old1 = v128.load(counter, 16);
      const old2 = v128.load(counter, 32);
      const old3 = v128.load(counter, 48);
      v128.store(counter, v128.xor(old1, carry1), 16);
      v128.store(counter, v128.xor(old2, carry2), 32);
      v128.store(counter, v128.xor(old3, carry3), 48);
      carry1 = v128.and(old1, carry1);
      carry2 = v128.and(old2, carry2);
      carry3 = v128.and(old3, carry3);
    }
  }
  return at;
}
