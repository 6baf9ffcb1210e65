import type { Forest, ObliqueSplits } from "../forest/mod.ts";
import { readFloatPlanes, writeFloatPlanes } from "./threshold_planes.ts";

/**
 * What oblique splits have beside thresholds and columns: the centers of all columns as f32,
 * little-endian, then both weights of all inner nodes, each an f32 of four planes as thresholds are.
 */
export function obliqueLength(featureCount: number, splitCount: number): number {
  return 4 * featureCount + 8 * splitCount;
}

/** Writes centers and weights. */
export function writeOblique(
  view: DataView,
  offset: number,
  splits: Uint32Array,
  { center, weight, secondWeight }: ObliqueSplits,
): void {
  center.forEach((value, i) => view.setFloat32(offset + 4 * i, value, true));
  const planes = offset + 4 * center.length;
  writeFloatPlanes(view, planes, splits, weight);
  writeFloatPlanes(view, planes + 4 * splits.length, splits, secondWeight);
}

/** Centers and weights, which may be anything until `checkForest` has seen them. */
export function readOblique(
  view: DataView,
  offset: number,
  splits: Uint32Array,
  { child, featureCount }: Pick<Forest, "child" | "featureCount">,
): Omit<ObliqueSplits, "secondFeature"> {
  const center = new Float32Array(featureCount);
  for (let i = 0; i < featureCount; i++) center[i] = view.getFloat32(offset + 4 * i, true);
  const planes = offset + 4 * featureCount;
  const weight = new Float32Array(child.length);
  const secondWeight = new Float32Array(child.length);
  readFloatPlanes(view, planes, splits, weight);
  readFloatPlanes(view, planes + 4 * splits.length, splits, secondWeight);
  return { center, weight, secondWeight };
}
