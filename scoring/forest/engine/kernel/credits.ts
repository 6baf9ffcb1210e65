// The walk of walk.ts that explains: each split on the row's way gives its feature what the step
// takes away from the expected path length. Credits are integers, so that their order does not
// matter. What the step to a node takes away is an i64 beside the nodes of walk.ts, in their order.

import { writeKeys } from "./keys";
import { CREDITS, KEYS } from "./memory";

const GROUP_COUNT: usize = 0;
const NODES: usize = 4;
const GROUPS: usize = 8;
/** Ten places of roots and a height. */
const GROUP_BYTES: usize = 44;

/** Makes the credit of each column of the row at `ROWS`, as f64 in `CREDITS` from its second on. */
export function creditTrees(image: usize, steps: usize, columnCount: i32): void {
  writeKeys(columnCount);
  const creditsEnd = CREDITS + (<usize> (columnCount + 1) << 3);
  memory.fill(CREDITS, 0, creditsEnd - CREDITS);
  const nodes = image + load<u32>(image, NODES);
  // A node has 8 bytes, and so has the step to it.
  const beside = steps - nodes;
  const end = image + GROUPS + <usize> load<u32>(image, GROUP_COUNT) * GROUP_BYTES;
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
      node0 = creditStep(node0, beside);
      node1 = creditStep(node1, beside);
      node2 = creditStep(node2, beside);
      node3 = creditStep(node3, beside);
      node4 = creditStep(node4, beside);
      node5 = creditStep(node5, beside);
      node6 = creditStep(node6, beside);
      node7 = creditStep(node7, beside);
      node8 = creditStep(node8, beside);
      node9 = creditStep(node9, beside);
    }
  }
  for (let credit = CREDITS; credit < creditsEnd; credit += 8) {
    store<f64>(credit, <f64> load<i64>(credit));
  }
}

/**
 * A credit has the place of its column's key. A leaf is its own child and credits again, but the
 * place that is no column's.
 */
// @ts-ignore: decorator
@inline
function creditStep(node: usize, beside: usize): usize {
  const places = load<u32>(node, 4);
  const place = places & 0xffff;
  const isRight = load<i32>(place, KEYS) >= load<i32>(node);
  const child = node + (places >>> 16) + (<usize> isRight << 3);
  const step = load<i64>(beside + child);
  store<i64>(place, load<i64>(place, CREDITS) + step, CREDITS);
  return child;
}
