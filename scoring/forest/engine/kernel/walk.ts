// The other way, for few rows: one row walks eight trees in step, so that its loads do not wait
// for one another. A node has 8 bytes: f32 threshold, u16 place of its feature in the row, u16
// distance to its left child. A leaf has the threshold NaN and the distance 0, so it stays.

import { ROWS } from "./memory";

/** Place of the group table, of the nodes and of the leaves' path units, in words. */
const GROUP_COUNT: usize = 0;
const NODES: usize = 4;
const UNITS: usize = 8;
const GROUPS: usize = 12;
/** Eight places of roots and a height. */
const GROUP_BYTES: usize = 36;

/** Sum of path units of the row at `ROWS`. */
export function walkTrees(image: usize): f64 {
  const nodes = image + load<u32>(image, NODES);
  const units = image + load<u32>(image, UNITS);
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
    for (let level = load<i32>(group, 32); level > 0; level--) {
      node0 = childOf(node0);
      node1 = childOf(node1);
      node2 = childOf(node2);
      node3 = childOf(node3);
      node4 = childOf(node4);
      node5 = childOf(node5);
      node6 = childOf(node6);
      node7 = childOf(node7);
    }
    const low = unitsAt(units, node0 - nodes) + unitsAt(units, node1 - nodes) +
      unitsAt(units, node2 - nodes) + unitsAt(units, node3 - nodes);
    const high = unitsAt(units, node4 - nodes) + unitsAt(units, node5 - nodes) +
      unitsAt(units, node6 - nodes) + unitsAt(units, node7 - nodes);
    sum += <f64> low + <f64> high;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function childOf(node: usize): usize {
  const value = load<f32>(<usize> load<u16>(node, 4), ROWS);
  return node + load<u16>(node, 6) + (<usize> (value >= load<f32>(node)) << 3);
}

// @ts-ignore: decorator
@inline
function unitsAt(units: usize, place: usize): i32 {
  return load<i32>(units + (place >> 1));
}
