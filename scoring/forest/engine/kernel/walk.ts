// The other way, for few rows: one row walks ten trees in step, so that its loads do not wait
// for one another. A node has 8 bytes: the key of its threshold, u16 place of its feature's key,
// u16 distance to its left child. A leaf has its path units for a key, compares the first of the
// row's keys with it, which is less, and has the distance 0: so a walk stays there.

import { KEYS } from "./memory";
import { writeKeys } from "./keys";

// Words of an image times four; `walk_image.ts` of the engine writes them.
const GROUP_COUNT: usize = 0;
const NODES: usize = 4;
const GROUPS: usize = 8;
/** Ten places of roots and a height. */
const GROUP_BYTES: usize = 44;

/** Sum of path units of the row at `ROWS`. */
export function walkTrees(image: usize, columnCount: i32): f64 {
  writeKeys(columnCount);
  const nodes = image + load<u32>(image, NODES);
  const end = image + GROUPS + <usize> load<u32>(image, GROUP_COUNT) * GROUP_BYTES;
  let sum: f64 = 0;
  for (let group = image + GROUPS; group < end; group += GROUP_BYTES) {
    let node0 = nodes + load<u32>(group);
    let node1 = nodes + load<u32>(group, 4);
    let node2 = nodes + load<u32>(group, 8);
    let node3 = nodes + load<u32>(group, 12);
    let node4 = nodes + load<u32>(group, 16);
    let node5 = nodes + load<u32>(group, 20);
    let node6 = nodes + load<u32>(group, 24);
    let node7 = nodes + load<u32>(group, 28);
    let node8 = nodes + load<u32>(group, 32);
    let node9 = nodes + load<u32>(group, 36);
    for (let level = load<i32>(group, 40); level > 0; level--) {
      node0 = childOf(node0);
      node1 = childOf(node1);
      node2 = childOf(node2);
      node3 = childOf(node3);
      node4 = childOf(node4);
      node5 = childOf(node5);
      node6 = childOf(node6);
      node7 = childOf(node7);
      node8 = childOf(node8);
      node9 = childOf(node9);
    }
    const low = load<i32>(node0) + load<i32>(node1) + load<i32>(node2) + load<i32>(node3) +
      load<i32>(node4);
    const high = load<i32>(node5) + load<i32>(node6) + load<i32>(node7) + load<i32>(node8) +
      load<i32>(node9);
    sum += <f64> low + <f64> high;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function childOf(node: usize): usize {
  const places = load<u32>(node, 4);
  const isRight = load<i32>(places & 0xffff, KEYS) >= load<i32>(node);
  return node + (places >>> 16) + (<usize> isRight << 3);
}
