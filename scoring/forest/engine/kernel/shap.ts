// Exact Shapley values: `shap_kernel.ts` of the engine operation for operation, with the four points
// of the quadrature in the lanes of two vectors. On its way a node of the tree has 80 bytes:

import { POINTS, ROWS, VALUES, WAY } from "./memory";

/** f64 at each point: all factors of its way multiplied; later the sum over its leaves. */
const PRODUCT: usize = 0;
/** f64 at each point: 1 / the factor of the feature that leads into it. */
const INVERSE: usize = 32;
/** f64: share of the training rows that the same feature leads here. */
const ZERO: usize = 64;
/** u32: 1 where that feature has led the row here, too, else 0. */
const TAKEN: usize = 72;
const WAY_BYTES: usize = 80;

// Places of a split's fields; `shap_image.ts` writes them.
const PLACE: usize = 4;
const NODE: usize = 6;
const LEFT: usize = 8;
const ABOVE: usize = 10;
const SHARES: usize = 16;
const SPLIT_BYTES: usize = 32;
const LEAF_BYTES: usize = 8;

// Vectors at `POINTS`.
const T: usize = 0;
const WEIGHT: usize = 32;
const REST: usize = 64;
const INVERSE_REST: usize = 96;

/** Adds the part of the points at `POINTS` to the f64 values of the row's features at `VALUES`. */
export function shapTrees(image: usize, edgesPerUnit: f64): void {
  let at = image + 4;
  for (let tree = load<u32>(image); tree > 0; tree--) {
    const splits = at + 8;
    const leaves = splits + <usize> load<u32>(at) * SPLIT_BYTES;
    const end = leaves + <usize> load<u32>(at, 4) * LEAF_BYTES;
    beginAtRoot();
    for (let split = splits; split < leaves; split += SPLIT_BYTES) multiplyDown(split);
    for (let leaf = leaves; leaf < end; leaf += LEAF_BYTES) multiplyLeaf(leaf, edgesPerUnit);
    for (let split = leaves - SPLIT_BYTES; split >= splits; split -= SPLIT_BYTES) addUp(split);
    at = end;
  }
}

function beginAtRoot(): void {
  const one = f64x2.splat(1);
  v128.store(WAY, v128.load(POINTS, WEIGHT), PRODUCT);
  v128.store(WAY, v128.load(POINTS, WEIGHT + 16), PRODUCT + 16);
  v128.store(WAY, one, INVERSE);
  v128.store(WAY, one, INVERSE + 16);
  store<f64>(WAY, 1, ZERO);
  store<u32>(WAY, 1, TAKEN);
}

// @ts-ignore: decorator
@inline
function nodeAt(split: usize, field: usize): usize {
  return WAY + <usize> load<u16>(split + field) * WAY_BYTES;
}

function multiplyDown(split: usize): void {
  const node = nodeAt(split, NODE);
  const left = nodeAt(split, LEFT);
  const above = nodeAt(split, ABOVE);
  const value = load<f32>(<usize> load<u16>(split, PLACE), ROWS);
  const goesRight = <usize> (value >= load<f32>(split));
  const taken = left + goesRight * WAY_BYTES;
  const other = left + WAY_BYTES - goesRight * WAY_BYTES;
  const shareTaken = load<f64>(split + (goesRight << 3), SHARES);
  const shareOther = load<f64>(split + 8 - (goesRight << 3), SHARES);
  const low = v128.load(node, PRODUCT);
  const high = v128.load(node, PRODUCT + 16);
  const isTaken = load<u32>(above, TAKEN);
  store<u32>(taken, isTaken, TAKEN);
  store<u32>(other, 0, TAKEN);
  if (isTaken === 0) {
    const byTaken = f64x2.splat(shareTaken);
    const byOther = f64x2.splat(shareOther);
    v128.store(taken, f64x2.mul(low, byTaken), PRODUCT);
    v128.store(taken, f64x2.mul(high, byTaken), PRODUCT + 16);
    v128.store(other, f64x2.mul(low, byOther), PRODUCT);
    v128.store(other, f64x2.mul(high, byOther), PRODUCT + 16);
    return;
  }
  const zeroAbove = load<f64>(above, ZERO);
  const zero = zeroAbove * shareTaken;
  store<f64>(taken, zero, ZERO);
  const zeros = f64x2.splat(zero);
  const ones = f64x2.splat(1);
  const slope = f64x2.splat(1 - zero);
  const zeroOther = f64x2.splat(zeroAbove * shareOther);
  const othersLow = f64x2.mul(low, v128.load(above, INVERSE));
  const othersHigh = f64x2.mul(high, v128.load(above, INVERSE + 16));
  const factorLow = f64x2.add(zeros, f64x2.mul(v128.load(POINTS, T), slope));
  const factorHigh = f64x2.add(zeros, f64x2.mul(v128.load(POINTS, T + 16), slope));
  v128.store(taken, f64x2.div(ones, factorLow), INVERSE);
  v128.store(taken, f64x2.div(ones, factorHigh), INVERSE + 16);
  v128.store(taken, f64x2.mul(othersLow, factorLow), PRODUCT);
  v128.store(taken, f64x2.mul(othersHigh, factorHigh), PRODUCT + 16);
  const restLow = v128.load(POINTS, REST);
  const restHigh = v128.load(POINTS, REST + 16);
  v128.store(other, f64x2.mul(f64x2.mul(othersLow, zeroOther), restLow), PRODUCT);
  v128.store(other, f64x2.mul(f64x2.mul(othersHigh, zeroOther), restHigh), PRODUCT + 16);
}

function multiplyLeaf(leaf: usize, edgesPerUnit: f64): void {
  const node = WAY + <usize> load<u32>(leaf) * WAY_BYTES;
  const path = f64x2.splat(<f64> load<i32>(leaf, 4) * edgesPerUnit);
  v128.store(node, f64x2.mul(v128.load(node, PRODUCT), path), PRODUCT);
  v128.store(node, f64x2.mul(v128.load(node, PRODUCT + 16), path), PRODUCT + 16);
}

function addUp(split: usize): void {
  const node = nodeAt(split, NODE);
  const left = nodeAt(split, LEFT);
  const above = nodeAt(split, ABOVE);
  const isRight = <usize> load<u32>(left, WAY_BYTES + TAKEN);
  const taken = left + isRight * WAY_BYTES;
  const other = left + WAY_BYTES - isRight * WAY_BYTES;
  const takenLow = v128.load(taken, PRODUCT);
  const takenHigh = v128.load(taken, PRODUCT + 16);
  const otherLow = v128.load(other, PRODUCT);
  const otherHigh = v128.load(other, PRODUCT + 16);
  const sumLow = f64x2.add(takenLow, otherLow);
  const sumHigh = f64x2.add(takenHigh, otherHigh);
  v128.store(node, sumLow, PRODUCT);
  v128.store(node, sumHigh, PRODUCT + 16);
  if (load<u32>(above, TAKEN) === 0) return;
  const slope = f64x2.splat(1 - load<f64>(taken, ZERO));
  const slopeAbove = f64x2.splat(1 - load<f64>(above, ZERO));
  const low = creditOf(taken, above, takenLow, otherLow, sumLow, slope, slopeAbove, 0);
  const high = creditOf(taken, above, takenHigh, otherHigh, sumHigh, slope, slopeAbove, 16);
  const credits = f64x2.add(low, high);
  const credit = f64x2.extract_lane(credits, 0) + f64x2.extract_lane(credits, 1);
  const place = <usize> load<u16>(split, PLACE) << 1;
  store<f64>(place, load<f64>(place, VALUES) - credit, VALUES);
}

// @ts-ignore: decorator
@inline
function creditOf(
  taken: usize,
  above: usize,
  viaTaken: v128,
  viaOther: v128,
  sum: v128,
  slope: v128,
  slopeAbove: v128,
  half: usize,
): v128 {
  const gained = f64x2.mul(f64x2.mul(viaTaken, slope), v128.load(taken + half, INVERSE));
  const lost = f64x2.mul(viaOther, v128.load(POINTS + half, INVERSE_REST));
  const before = f64x2.mul(f64x2.mul(sum, slopeAbove), v128.load(above + half, INVERSE));
  return f64x2.sub(f64x2.sub(gained, lost), before);
}
