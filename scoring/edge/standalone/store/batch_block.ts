import { BlockReader, BlockWriter, damagedBlock } from "../blocks/mod.ts";

/** Series whose points lie in one block, by their numbers: a scrape of 2,000 series fills few blocks. */
export const SERIES_PER_PART = 512;

/** A stored point, by the number of its series. */
export interface NumberedPoint {
  readonly series: number;
  readonly at: number;
  readonly value: number;
  readonly late: boolean;
}

/** Points of a commit whose series lie in one part, about eleven bytes each, in the order given. */
export class BatchBlock {
  readonly #writer = new BlockWriter(1_024);
  readonly #firstSeries: number;
  #before = 0;
  #count = 0;
  #fromAt = Infinity;
  #untilAt = -Infinity;

  constructor(part: number) {
    this.#firstSeries = part * SERIES_PER_PART;
  }

  /** Points so far. */
  get count(): number {
    return this.#count;
  }

  /** Event time of the oldest. */
  get fromAt(): number {
    return this.#fromAt;
  }

  /** Event time of the newest. */
  get untilAt(): number {
    return this.#untilAt;
  }

  add(series: number, at: number, value: number, late: boolean): void {
    this.#writer.count((series - this.#firstSeries) * 2 + (late ? 1 : 0));
    this.#writer.difference(at - this.#before);
    this.#writer.float(value);
    this.#before = at;
    this.#count++;
    if (at < this.#fromAt) this.#fromAt = at;
    if (at > this.#untilAt) this.#untilAt = at;
  }

  bytes(): Uint8Array {
    return this.#writer.bytes();
  }
}

/** The part that a series lies in. */
export function partOf(series: number): number {
  return Math.floor(series / SERIES_PER_PART);
}

/** The points of a block; of one that the disk has damaged those before the damage. */
export function readBatch(part: number, bytes: Uint8Array): NumberedPoint[] {
  const points: NumberedPoint[] = [];
  try {
    readInto(points, part, new BlockReader(bytes));
  } catch (error) {
    // A block that always threw would keep its series from all points for good.
    if (!(error instanceof RangeError)) throw error;
  }
  return points;
}

function readInto(points: NumberedPoint[], part: number, reader: BlockReader): void {
  let at = 0;
  while (!reader.isAtEnd) {
    const marked = reader.count();
    const late = marked % 2 === 1;
    const offset = (marked - (late ? 1 : 0)) / 2;
    if (offset >= SERIES_PER_PART) throw damagedBlock();
    at += reader.difference();
    points.push({ series: part * SERIES_PER_PART + offset, at, value: reader.float(), late });
  }
}
