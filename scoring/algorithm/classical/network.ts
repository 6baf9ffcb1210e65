import { type Random, tanh } from "../../numeric/mod.ts";

/** A network of full layers: tanh inside, plain sums at the end. */
export interface Network {
  /** Units of each layer, of input and output too. */
  readonly sizes: readonly number[];
  /** Of each layer its weights, unit after unit, then its offsets. */
  readonly weights: Float64Array;
  /** A pass with its own memory; its result is overwritten by the next. */
  open(): (input: Float64Array) => Float64Array;
}

/** Layers of an autoencoder, the narrow one last of those inside. */
export function layerSizes(columnCount: number, narrow: number, layers: number): number[] {
  return layers === 1
    ? [columnCount, narrow, columnCount]
    : [columnCount, 2 * narrow, narrow, columnCount];
}

export function weightCount(sizes: readonly number[]): number {
  let count = 0;
  for (let layer = 1; layer < sizes.length; layer++) count += (sizes[layer - 1] + 1) * sizes[layer];
  return count;
}

/** A network of given weights, or of random ones after Glorot and Bengio 2010. */
export function createNetwork(sizes: readonly number[], from: Float64Array | Random): Network {
  const weights = from instanceof Float64Array ? from : randomWeights(sizes, from);
  return {
    sizes,
    weights,
    open() {
      const units = sizes.map((size) => new Float64Array(size));
      return (input) => {
        units[0].set(input);
        forward(sizes, weights, units);
        return units[units.length - 1];
      };
    },
  };
}

function randomWeights(sizes: readonly number[], random: Random): Float64Array {
  const weights = new Float64Array(weightCount(sizes));
  let start = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const width = Math.sqrt(6 / (sizes[layer - 1] + sizes[layer]));
    const end = start + sizes[layer - 1] * sizes[layer];
    for (let k = start; k < end; k++) weights[k] = width * (2 * random.nextFloat() - 1);
    start = end + sizes[layer];
  }
  return weights;
}

/** Fills all layers from the first. */
export function forward(
  sizes: readonly number[],
  weights: Float64Array,
  units: readonly Float64Array[],
): void {
  let start = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const input = units[layer - 1];
    const output = units[layer];
    const offsets = start + input.length * output.length;
    const isLast = layer === sizes.length - 1;
    for (let unit = 0; unit < output.length; unit++) {
      let sum = weights[offsets + unit];
      const line = start + unit * input.length;
      for (let k = 0; k < input.length; k++) sum += weights[line + k] * input[k];
      output[unit] = isLast ? sum : tanh(sum);
    }
    start = offsets + output.length;
  }
}
