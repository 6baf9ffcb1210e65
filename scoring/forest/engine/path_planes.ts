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
  readonly nodes: Uint32Array;
  /** Slot of each such node. */
  readonly slots: Uint16Array;
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
 *
 * @param end Index after the tree's last node.
 */
export function sliceTree(
  { child }: Forest,
  root: number,
  end: number,
  common: Int32Array,
): TreeSlots {
  const nodes = new Uint32Array((end - root) >> 1);
  const slots = new Uint16Array(nodes.length);
  const slotOf = new Uint16Array(end - root);
  slotOf[0] = ROOT_SLOT;
  let count = 0;
  for (let node = root; node < end; node++) {
    if (slotOf[node - root] === EMPTY_SLOT || common[node] !== DIFFERS) continue;
    const left = child[node] - root;
    slotOf[left] = 2 * count + 2;
    slotOf[left + 1] = 2 * count + 3;
    slots[count] = slotOf[node - root];
    nodes[count++] = node;
  }
  const choices = settleSlots(child, root, common, nodes, slots, count);
  return {
    nodes: nodes.subarray(0, count),
    slots: slots.subarray(0, count),
    planesOfSlot: choosePlanes(choices, slots, count),
  };
}

/** Per slot, the bits that its node can hold as 0, and as 1, at least cost. */
interface Choices {
  readonly canBe0: Int32Array;
  readonly canBe1: Int32Array;
}

/** Upwards, as children come after their parent. */
function settleSlots(
  child: Uint32Array,
  root: number,
  common: Int32Array,
  nodes: Uint32Array,
  slots: Uint16Array,
  count: number,
): Choices {
  const canBe0 = new Int32Array(2 * count + 2);
  const canBe1 = new Int32Array(2 * count + 2);
  canBe1[ROOT_SLOT] = common[root];
  canBe0[ROOT_SLOT] = ~common[root];
  for (let i = count - 1; i >= 0; i--) {
    const left = child[nodes[i]];
    const slot = 2 * i + 2;
    for (let side = 0; side < 2; side++) {
      const units = common[left + side];
      if (units === DIFFERS) continue;
      canBe1[slot + side] = units;
      canBe0[slot + side] = ~units;
    }
    const both0 = canBe0[slot] & canBe0[slot + 1];
    const both1 = canBe1[slot] & canBe1[slot + 1];
    const differ = ~(both0 | both1);
    canBe0[slots[i]] = both0 | differ;
    canBe1[slots[i]] = both1 | differ;
  }
  return { canBe0, canBe1 };
}

/** Downwards: each child keeps its parent's bit where it can. */
function choosePlanes(
  { canBe0, canBe1 }: Choices,
  slots: Uint16Array,
  count: number,
): Int32Array {
  const bits = new Int32Array(canBe0.length);
  const planes = new Int32Array(canBe0.length);
  bits[ROOT_SLOT] = planes[ROOT_SLOT] = ~canBe0[ROOT_SLOT];
  for (let i = 0; i < count; i++) {
    const parent = bits[slots[i]];
    for (let slot = 2 * i + 2; slot < 2 * i + 4; slot++) {
      bits[slot] = (parent & canBe1[slot]) | ~(parent | canBe0[slot]);
      planes[slot] = bits[slot] ^ parent;
    }
  }
  return planes;
}
