import { createRandom, quantile } from "../numeric/mod.ts";

/** Values of a column from which quartiles are taken: all of them, or an even sample of so many. */
const SAMPLE_MAX = 16_384;
/** Ranges between quartiles by which a value lies beyond its quartile (Tukey 1977). */
const FENCE = 1.5;

/** Values beyond the fences, told and no violation. */
export interface OutlierSummary {
  readonly lowerFence: number;
  readonly upperFence: number;
  /** Counted where at most 16,384 values are known, else from the sample's share. */
  readonly count: number;
}

/** What a column's numbers are like; without numbers only the count. */
export interface ColumnSummary {
  /** Cells that are of the type. */
  readonly values: number;
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly standardDeviation?: number;
  readonly lowerQuartile?: number;
  readonly median?: number;
  readonly upperQuartile?: number;
  readonly outliers?: OutlierSummary;
}

export interface ColumnWatch {
  /** @param value Finite. */
  add(value: number): void;
  summary(): ColumnSummary;
}

/** Sums a column up in one pass and bounded memory; the same values give the same summary. */
export function createColumnWatch(): ColumnWatch {
  const random = createRandom(1);
  const sample: number[] = [];
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  let mean = 0;
  let squares = 0;
  return {
    add(value) {
      count++;
      min = Math.min(min, value);
      max = Math.max(max, value);
      // Welford 1962.
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
      // Algorithm R (Vitter 1985).
      const slot = count <= SAMPLE_MAX ? count - 1 : Math.floor(random.nextFloat() * count);
      if (slot < SAMPLE_MAX) sample[slot] = value;
    },
    summary() {
      if (count === 0) return { values: 0 };
      const sorted = Float64Array.from(sample).sort();
      return {
        values: count,
        min,
        max,
        mean,
        standardDeviation: Math.sqrt(squares / Math.max(1, count - 1)),
        ...quartilesOf(sorted, count),
      };
    },
  };
}

function quartilesOf(sorted: Float64Array, count: number) {
  const lowerQuartile = quantile(sorted, 0.25);
  const upperQuartile = quantile(sorted, 0.75);
  const reach = FENCE * (upperQuartile - lowerQuartile);
  const lowerFence = lowerQuartile - reach;
  const upperFence = upperQuartile + reach;
  const beyond = sorted.filter((value) => value < lowerFence || value > upperFence).length;
  return {
    lowerQuartile,
    median: quantile(sorted, 0.5),
    upperQuartile,
    outliers: {
      lowerFence,
      upperFence,
      count: Math.floor(beyond / sorted.length * count + 0.5),
    },
  };
}
