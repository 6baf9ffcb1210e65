import type { AcceptedPoint } from "../../../pipeline/mod.ts";
import { BlockReader, BlockWriter, damagedBlock, unzigzag, zigzag } from "../blocks/mod.ts";

/**
 * Points as bytes, about ten each where JSON takes a hundred: per metric its name and count, then per
 * point its event time as the zigzag difference to the one before, with the late mark as its lowest
 * bit, and its value as it is in memory.
 *
 * @param points Of one device; those of a metric side by side, instants whole and below 2⁵⁰.
 */
export function encodePoints(points: readonly AcceptedPoint[]): Uint8Array {
  const writer = new BlockWriter(64 + points.length * POINT_BYTES_MAX);
  for (let from = 0; from < points.length;) {
    const { metricId } = points[from];
    let until = from;
    while (until < points.length && points[until].metricId === metricId) until++;
    writer.text(metricId);
    writer.count(until - from);
    let before = 0;
    for (; from < until; from++) {
      const { at, value, late } = points[from];
      writer.count(zigzag(at - before) * 2 + (late ? 1 : 0));
      writer.float(value);
      before = at;
    }
  }
  return writer.bytes();
}

/** @throws {RangeError} When the bytes are no whole block. */
export function decodePoints(bytes: Uint8Array): AcceptedPoint[] {
  const reader = new BlockReader(bytes);
  const points: AcceptedPoint[] = [];
  while (!reader.isAtEnd) {
    const metricId = reader.text();
    const count = reader.count();
    if (count * POINT_BYTES_MIN > bytes.length) throw damagedBlock();
    let at = 0;
    for (let taken = 0; taken < count; taken++) {
      const marked = reader.count();
      at += unzigzag(Math.floor(marked / 2));
      points.push({ metricId, at, value: reader.float(), late: marked % 2 === 1 });
    }
  }
  return points;
}

/** A varint of 8 bytes and a value. */
const POINT_BYTES_MAX = 16;
const POINT_BYTES_MIN = 9;
