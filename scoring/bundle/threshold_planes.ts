import { type Forest, GRID_KNOTS, gridCode, gridValue, type ObliqueSplits } from "../forest/mod.ts";

/** What the splits of a forest compare with. */
export type SplitKind = "exact" | "grid" | "oblique";

/** Counts that say how long planes are. */
export interface PlaneCounts {
  readonly kind: SplitKind;
  readonly featureCount: number;
  readonly splitCount: number;
}

/**
 * Bytes of each plane: four of the thresholds of inner nodes; with a grid instead four of its knots
 * and two of the thresholds' codes; where splits are oblique besides four of centers and four of
 * each weight.
 */
export function planeLengths({ kind, featureCount, splitCount }: PlaneCounts): number[] {
  const four = (length: number) => [length, length, length, length];
  if (kind === "exact") return four(splitCount);
  if (kind === "grid") return [...four(featureCount * GRID_KNOTS), splitCount, splitCount];
  return [...four(splitCount), ...four(featureCount), ...four(splitCount), ...four(splitCount)];
}

/**
 * The planes of all inner nodes, in order.
 *
 * @throws {RangeError} When a forest with a grid has a threshold beside it.
 */
export function forestPlanes(forest: Forest, splits: Uint32Array): Uint8Array[] {
  const { splitValue, gridKnots, oblique } = forest;
  const ofSplits = (values: Float32Array) =>
    planesOf(Float32Array.from(splits, (node) => values[node]));
  if (gridKnots) {
    const codes = Uint16Array.from(splits, (node) => codeOf(forest, gridKnots, node));
    return [
      ...planesOf(gridKnots),
      Uint8Array.from(codes, (code) => code >>> 8),
      Uint8Array.from(codes, (code) => code & 255),
    ];
  }
  if (!oblique) return ofSplits(splitValue);
  const { center, weight, secondWeight } = oblique;
  return [ofSplits(splitValue), planesOf(center), ofSplits(weight), ofSplits(secondWeight)].flat();
}

function codeOf({ splitFeature, splitValue }: Forest, knots: Float32Array, node: number): number {
  const code = gridCode(knots, splitFeature[node], splitValue[node]);
  if (!Object.is(gridValue(knots, splitFeature[node], code), splitValue[node])) {
    throw new RangeError(
      `Cannot write forest as the threshold of node ${node} must be on its grid: ` +
        `current value is ${splitValue[node]}`,
    );
  }
  return code;
}

/** What planes say of a forest; it may be anything until `checkForest` has seen it. */
export interface PlaneNumbers {
  readonly splitValue: Float32Array;
  readonly gridKnots?: Float32Array;
  readonly oblique?: Omit<ObliqueSplits, "secondFeature">;
}

/** Puts the numbers of all inner nodes in place. Columns must be below the count of features. */
export function readPlanes(
  planes: readonly Uint8Array[],
  kind: SplitKind,
  splits: Uint32Array,
  splitFeature: Uint16Array,
): PlaneNumbers {
  const nodeCount = splitFeature.length;
  const first = floatsOf(planes.slice(0, 4));
  if (kind === "grid") {
    const splitValue = new Float32Array(nodeCount);
    const [high, low] = planes.slice(4);
    for (let i = 0; i < splits.length; i++) {
      const node = splits[i];
      splitValue[node] = gridValue(first, splitFeature[node], high[i] << 8 | low[i]);
    }
    return { splitValue, gridKnots: first };
  }
  const splitValue = placed(first, splits, nodeCount);
  if (kind === "exact") return { splitValue };
  const ofSplits = (at: number) => placed(floatsOf(planes.slice(at, at + 4)), splits, nodeCount);
  return {
    splitValue,
    oblique: {
      center: floatsOf(planes.slice(4, 8)),
      weight: ofSplits(8),
      secondWeight: ofSplits(12),
    },
  };
}

/** The values of inner nodes among those of all nodes, 0 at leaves. */
function placed(values: Float32Array, splits: Uint32Array, nodeCount: number): Float32Array {
  const all = new Float32Array(nodeCount);
  for (let i = 0; i < splits.length; i++) all[splits[i]] = values[i];
  return all;
}

/**
 * f32 numbers as four planes: the first byte of all, which holds their signs and most of their
 * exponents, then the second of all, and so on.
 */
function planesOf(values: Float32Array): Uint8Array[] {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return [24, 16, 8, 0].map((shift) => Uint8Array.from(words, (word) => word >>> shift));
}

/** The numbers of four planes. */
function floatsOf(planes: readonly Uint8Array[]): Float32Array<ArrayBuffer> {
  const [plane0, plane1, plane2, plane3] = planes;
  const words = new Uint32Array(plane0.length);
  for (let i = 0; i < words.length; i++) {
    words[i] = plane0[i] << 24 | plane1[i] << 16 | plane2[i] << 8 | plane3[i];
  }
  return new Float32Array(words.buffer);
}
