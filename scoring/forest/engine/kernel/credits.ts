// The walk of walk.ts that explains: each split on the row's way gives its feature what the step
// changes in the expected path length. Credits are integers, so that their order does not matter.
// A node has 16 bytes: those of walk.ts, then its expected path length as i64. A column has a cell
// of 16 bytes: its f32 value, and from byte 8 on its i64 credit.

import { CELLS } from "./memory";

const GROUP_COUNT: usize = 0;
const GROUPS: usize = 8;
const NODES: usize = 4;
/** Eight places of roots and a height. */
const GROUP_BYTES: usize = 36;
const CELL_BYTES: usize = 16;

/** Makes the credit of each column of the row in `CELLS`, in place, as f64. */
export function creditTrees(image: usize, columnCount: i32): void {
  const cellsEnd = CELLS + <usize> columnCount * CELL_BYTES;
  for (let cell = CELLS; cell < cellsEnd; cell += CELL_BYTES) store<i64>(cell, 0, 8);
  const nodes = image + load<u32>(image, NODES);
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
    for (let level = load<i32>(group, 32); level > 0; level--) {
      node0 = creditStep(node0);
      node1 = creditStep(node1);
      node2 = creditStep(node2);
      node3 = creditStep(node3);
      node4 = creditStep(node4);
      node5 = creditStep(node5);
      node6 = creditStep(node6);
      node7 = creditStep(node7);
    }
  }
  for (let cell = CELLS; cell < cellsEnd; cell += CELL_BYTES) {
    store<f64>(cell, <f64> load<i64>(cell, 8), 8);
  }
}

/** A leaf is its own child and credits 0. */
// @ts-ignore: decorator
@inline
function creditStep(node: usize): usize {
  const place = <usize> load<u16>(node, 4);
  const value = load<f32>(place, CELLS);
  const child = node + load<u16>(node, 6) + (<usize> (value >= load<f32>(node)) << 4);
  const change = load<i64>(node, 8) - load<i64>(child, 8);
  store<i64>(place, load<i64>(place, CELLS + 8) + change, CELLS + 8);
  return child;
}
