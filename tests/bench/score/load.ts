import { type FeaturePlan } from "../../../scoring/features/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";

export const FEATURE_COUNT = 10;

/** Rows that the forest of all sides is fitted to, and of a binary body. */
export const TRAINING_ROWS = 2_000;
export const BINARY_ROWS = 1_000;

/** Name of the bench's detector, by which its model is asked for. */
export const DETECTOR = "pumps";

/** The senders' key. */
export const KEY = "q4Jt9ZxW1mB7uLr2Vd8KcYp5NfHs3AeG";

/** Five metrics of two features each. */
export const PLAN: FeaturePlan = {
  bucketMs: 60_000,
  metrics: ["cpu", "memory", "disk", "requests", "latency"].map((name) => ({
    name,
    kind: "gauge",
  })),
  features: ["cpu", "memory", "disk", "requests", "latency"].flatMap((metric) => [
    { metric, transform: "value" as const },
    { metric, transform: "delta" as const, window: 1 },
  ]),
};

/** Noise about levels of the columns' own, row by row. */
export function drawRows(count: number, seed: number): Float32Array<ArrayBuffer> {
  const random = createRandom(seed);
  return Float32Array.from({ length: count * FEATURE_COUNT }, (_, i) => {
    const noise = random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5;
    return i % 2 === 0 ? 40 + i % FEATURE_COUNT + 10 * noise : 5 * noise;
  });
}

/** JSON bodies of one vector each. */
export function encodeVectors(count: number): Uint8Array<ArrayBuffer>[] {
  const rows = drawRows(count, 11);
  return Array.from({ length: count }, (_, row) => {
    const vector = [...rows.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT)];
    const body = JSON.stringify({ model: `${DETECTOR}:production`, vectors: [vector] });
    return new TextEncoder().encode(body);
  });
}
