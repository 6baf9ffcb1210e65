import { BUCKETS_MAX, type Sketch, type SketchBuckets } from "./sketch.ts";

const VERSION = 1;

/** Text that is no sketch: too long, damaged, or its counts do not add up. */
export class SketchError extends Error {
  override readonly name = "SketchError";
}

/** Two full signs of large counts fit. */
export const SKETCH_LENGTH_MAX = 64 * 1024;

/** As JSON; indices as the difference to the one before, so that neighbours are short. */
export function serialiseSketch(sketch: Sketch): string {
  const { count, min, max, mean, zeros, positive, negative } = sketch;
  return JSON.stringify([
    VERSION,
    count,
    min,
    max,
    mean,
    zeros,
    packed(positive),
    packed(negative),
  ]);
}

/** @throws {SketchError} Saying what is wrong. */
export function parseSketch(text: string): Sketch {
  if (text.length > SKETCH_LENGTH_MAX) {
    throw new SketchError(
      `Cannot read sketch as it must be at most ${SKETCH_LENGTH_MAX} long: it has ${text.length}`,
    );
  }
  const parts = partsOf(text);
  const [version, count, min, max, mean, zeros] = parts;
  if (version !== VERSION) throw refusal("version", `must be ${VERSION}`);
  if (!isCount(count) || count === 0) throw refusal("count", "must be a whole number above 0");
  if (!isCount(zeros)) throw refusal("zeros", "must be a whole number");
  if (!isFinite(min) || !isFinite(max) || !isFinite(mean) || min > mean || mean > max) {
    throw refusal("min, mean and max", "must be finite and ascend");
  }
  const positive = unpacked(parts[6], "positive");
  const negative = unpacked(parts[7], "negative");
  if (zeros + sumOf(positive) + sumOf(negative) !== count) {
    throw refusal("count", "must be that of all buckets");
  }
  return { count, min, max, mean, zeros, positive, negative };
}

function partsOf(text: string): unknown[] {
  try {
    const parts = JSON.parse(text);
    if (Array.isArray(parts)) return parts;
  } catch (cause) {
    throw new SketchError("Cannot read sketch as it must be JSON", { cause });
  }
  throw new SketchError("Cannot read sketch as it must be an array");
}

function packed(buckets: SketchBuckets): number[] {
  let before = 0;
  return [...buckets].flatMap(([index, values]) => {
    const difference = index - before;
    before = index;
    return [difference, values];
  });
}

function unpacked(pairs: unknown, field: string): SketchBuckets {
  if (!Array.isArray(pairs) || pairs.length % 2 !== 0 || pairs.length > 2 * BUCKETS_MAX) {
    throw refusal(field, `must be at most ${BUCKETS_MAX} pairs`);
  }
  const buckets = new Map<number, number>();
  let index = 0;
  for (let at = 0; at < pairs.length; at += 2) {
    const [difference, values] = [pairs[at], pairs[at + 1]];
    if (!Number.isSafeInteger(difference) || (at > 0 && difference <= 0)) {
      throw refusal(field, "must have ascending indices");
    }
    if (!isCount(values) || values === 0) throw refusal(field, "must count values");
    index += difference;
    buckets.set(index, values);
  }
  return buckets;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function sumOf(buckets: SketchBuckets): number {
  let sum = 0;
  for (const values of buckets.values()) sum += values;
  return sum;
}

function refusal(field: string, want: string): SketchError {
  return new SketchError(`Cannot read sketch as its ${field} ${want}`);
}
