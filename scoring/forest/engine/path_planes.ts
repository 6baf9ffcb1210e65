import type { Forest } from "../forest.ts";

/** Marks an inner node whose leaves differ in their path lengths, so that its split matters. */
const DIFFERS = -1;

/**
 * Path length in units below each node where it is the same at all leaves, else `DIFFERS`: rows
 * need not be split where it makes no difference.
 */
export function commonPathUnits({ child }: Forest, pathUnits: Int32Array): Int32Array {
  const common = pathUnits.slice();
  for (let node = child.length - 1; node >= 0; node--) {
    const left = child[node];
    if (left === 0) continue;
    common[node] = common[left] === common[left + 1] ? common[left] : DIFFERS;
  }
  return common;
}

/**
 * A tree as the kernels run it. A slot holds one bit per row: 1 where the row has reached the
 * node. Slot 0 is empty, slot 1 is the root, which all rows have reached; the i-th comparison
 * fills slots 2i + 2 (left) and 2i + 3 (right).
 */
export interface TreeSlots {
  /** The nodes that compare, breadth-first. */
  readonly nodes: readonly number[];
  /** Slot of each such node. */
  readonly slots: readonly number[];
  /** Bit p of entry s: slot s takes part in plane p. Rows' path lengths are XORs of slots. */
  readonly planesOfSlot: Int32Array;
}

export const EMPTY_SLOT = 0;
export const ROOT_SLOT = 1;

/**
 * Finds for each bit of the path length, a plane, the fewest slots whose XOR it is.
 *
 * Each node holds a bit for all rows below it; a child needs a slot where its bit differs from its
 * parent's. The fewest changes on a tree are found by W. M. Fitch's parsimony (Systematic Zoology
 * 20, 1971): upwards the bits that a node can hold at least cost, downwards a choice. All planes
 * are handled at once, as the bits of one integer.
 */
export function sliceTree(forest: Forest, root: number, common: Int32Array): TreeSlots {
  const nodes: number[] = [];
  const slots: number[] = [];
  const queue = [root];
  const slotOf = new Map([[root, ROOT_SLOT]]);
  for (const node of queue) {
    if (common[node] !== DIFFERS) continue;
    const left = forest.child[node];
    slotOf.set(left, 2 * nodes.length + 2);
    slotOf.set(left + 1, 2 * nodes.length + 3);
    queue.push(left, left + 1);
    slots.push(slotOf.get(node) ?? EMPTY_SLOT);
    nodes.push(node);
  }
  return { nodes, slots, planesOfSlot: choosePlanes(forest, root, common, nodes, slots) };
}

function choosePlanes(
  { child }: Forest,
  root: number,
  common: Int32Array,
  nodes: readonly number[],
  slots: readonly number[],
): Int32Array {
  const slotCount = 2 * nodes.length + 2;
  const canBe0 = new Int32Array(slotCount);
  const canBe1 = new Int32Array(slotCount);
  const settle = (slot: number, node: number) => {
    canBe1[slot] = common[node];
    canBe0[slot] = ~common[node];
  };
  if (nodes.length === 0) settle(ROOT_SLOT, root);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const left = child[nodes[i]];
    const slot = 2 * i + 2;
    if (common[left] !== DIFFERS) settle(slot, left);
    if (common[left + 1] !== DIFFERS) settle(slot + 1, left + 1);
    const both0 = canBe0[slot] & canBe0[slot + 1];
    const both1 = canBe1[slot] & canBe1[slot + 1];
    const differ = ~(both0 | both1);
    canBe0[slots[i]] = both0 | differ;
    canBe1[slots[i]] = both1 | differ;
  }
  const bits = new Int32Array(slotCount);
  const planes = new Int32Array(slotCount);
  bits[ROOT_SLOT] = planes[ROOT_SLOT] = ~canBe0[ROOT_SLOT];
  for (let i = 0; i < nodes.length; i++) {
    const parent = bits[slots[i]];
    for (const slot of [2 * i + 2, 2 * i + 3]) {
      bits[slot] = (parent & canBe1[slot]) | ~(parent | canBe0[slot]);
      planes[slot] = bits[slot] ^ parent;
    }
  }
  return planes;
}
