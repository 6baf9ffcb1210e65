import { createRandom, createSampler } from "../../numeric/mod.ts";
import type { ByteReader } from "../bytes/mod.ts";
import { momentScaling, type Scaling, standardizedTable, type Table } from "../frame/mod.ts";

/** Standardized training rows to measure distances from. */
export interface Samples {
  readonly scaling: Scaling;
  /** Each sample's rows, row after row. */
  readonly samples: readonly Float64Array[];
}

/**
 * Draws so many samples of so many rows, each without replacement. Where there are no more rows than
 * a sample has, one sample holds all of them.
 */
export function drawSamples(
  table: Table,
  sampleCount: number,
  size: number,
  seed: number,
): Samples {
  const { rowCount, columnCount } = table;
  const scaling = momentScaling(table);
  const all = standardizedTable(table, scaling);
  if (rowCount <= size) return { scaling, samples: [all] };
  const random = createRandom(seed);
  const sampler = createSampler(rowCount);
  const chosen = new Uint32Array(size);
  const samples = Array.from({ length: sampleCount }, () => {
    sampler.fill(chosen, random);
    const values = new Float64Array(size * columnCount);
    chosen.forEach((row, at) =>
      values.set(all.subarray(row * columnCount, (row + 1) * columnCount), at * columnCount)
    );
    return values;
  });
  return { scaling, samples };
}

/** @throws {RangeError} When a sample is not of whole rows. */
export function readSample(reader: ByteReader<unknown>, columnCount: number): Float64Array {
  const values = reader.numbers("sample");
  if (values.length === 0 || values.length % columnCount !== 0) {
    reader.refuse("sample", `have rows of ${columnCount} columns`, values.length);
  }
  return values;
}
