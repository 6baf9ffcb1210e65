import { type Forest, GRID_KNOTS, gridCode, gridValue } from "../forest/mod.ts";

/**
 * Thresholds as byte planes: the first byte of all, then the second of all, and so on, from the
 * most significant, as like bytes then stand together for a compressor. An exact threshold is an
 * f32 of four planes; a forest with a grid has the grid's knots as f32, little-endian, and then two
 * planes of codes.
 */
export function planesLength(featureCount: number, splitCount: number, isGrid: boolean): number {
  return isGrid ? featureCount * GRID_KNOTS * 4 + splitCount * 2 : splitCount * 4;
}

/**
 * Writes the thresholds of all inner nodes, in order.
 *
 * @throws {RangeError} When a forest with a grid has a threshold beside it.
 */
export function writePlanes(
  view: DataView,
  offset: number,
  splits: Uint32Array,
  { splitFeature, splitValue, gridKnots }: Forest,
): void {
  if (!gridKnots) return writeFloatPlanes(view, offset, splits, splitValue);
  gridKnots.forEach((knot, i) => view.setFloat32(offset + 4 * i, knot, true));
  const planes = offset + 4 * gridKnots.length;
  splits.forEach((node, i) => {
    const code = gridCode(gridKnots, splitFeature[node], splitValue[node]);
    if (!Object.is(gridValue(gridKnots, splitFeature[node], code), splitValue[node])) {
      throw new RangeError(
        `Cannot write forest as the threshold of node ${node} must be on its grid: ` +
          `current value is ${splitValue[node]}`,
      );
    }
    view.setUint8(planes + i, code >>> 8);
    view.setUint8(planes + splits.length + i, code & 255);
  });
}

/** The knots of a grid, which may be anything until `checkForest` has seen them. */
export function readKnots(view: DataView, offset: number, featureCount: number): Float32Array {
  const knots = new Float32Array(featureCount * GRID_KNOTS);
  for (let i = 0; i < knots.length; i++) knots[i] = view.getFloat32(offset + 4 * i, true);
  return knots;
}

/** Puts the thresholds of all inner nodes in place. Columns must be below the count of features. */
export function readPlanes(
  view: DataView,
  offset: number,
  splits: Uint32Array,
  { splitFeature, splitValue, gridKnots }: Pick<
    Forest,
    "splitFeature" | "splitValue" | "gridKnots"
  >,
): void {
  const count = splits.length;
  if (gridKnots) {
    const planes = offset + 4 * gridKnots.length;
    splits.forEach((node, i) => {
      const code = view.getUint8(planes + i) << 8 | view.getUint8(planes + count + i);
      splitValue[node] = gridValue(gridKnots, splitFeature[node], code);
    });
    return;
  }
  readFloatPlanes(view, offset, splits, splitValue);
}

/** Writes an f32 of each inner node in four planes. */
export function writeFloatPlanes(
  view: DataView,
  offset: number,
  splits: Uint32Array,
  values: Float32Array,
): void {
  const bits = new DataView(new ArrayBuffer(4));
  splits.forEach((node, i) => {
    bits.setFloat32(0, values[node]);
    for (let plane = 0; plane < 4; plane++) {
      view.setUint8(offset + plane * splits.length + i, bits.getUint8(plane));
    }
  });
}

/** Puts an f32 of each inner node in place. */
export function readFloatPlanes(
  view: DataView,
  offset: number,
  splits: Uint32Array,
  values: Float32Array,
): void {
  const count = splits.length;
  const [plane0, plane1, plane2, plane3] = [0, 1, 2, 3].map((plane) =>
    new Uint8Array(view.buffer, view.byteOffset + offset + plane * count, count)
  );
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < count; i++) {
    bits[splits[i]] = plane0[i] << 24 | plane1[i] << 16 | plane2[i] << 8 | plane3[i];
  }
}
