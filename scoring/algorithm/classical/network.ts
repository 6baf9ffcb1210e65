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
function forward(
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

/** Rows between two changes of weights. */
const BATCH_ROWS = 32;
/** Adam with the constants of Kingma and Ba 2015, save for a quicker rate for few visits. */
const RATE = 0.003;
const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const TINY = 1e-8;

/** Trains a network to give rows back, over `visits` rows in a new order each round. */
export function trainNetwork(
  network: Network,
  rows: Float64Array,
  visits: number,
  random: Random,
): void {
  const { sizes, weights } = network;
  const columnCount = sizes[0];
  const order = Uint32Array.from({ length: rows.length / columnCount }, (_, row) => row);
  const units = sizes.map((size) => new Float64Array(size));
  const errors = sizes.map((size) => new Float64Array(size));
  const gradient = new Float64Array(weights.length);
  const descend = createAdam(weights, gradient);
  for (let visit = 0; visit < visits; visit++) {
    const place = visit % order.length;
    if (place === 0) shuffle(order, random);
    const start = order[place] * columnCount;
    units[0].set(rows.subarray(start, start + columnCount));
    forward(sizes, weights, units);
    backward(network, units, errors, gradient);
    if ((visit + 1) % BATCH_ROWS === 0) descend();
  }
}

/** Adds the slope of half of the squared error to the gradient. */
function backward(
  { sizes, weights }: Network,
  units: readonly Float64Array[],
  errors: readonly Float64Array[],
  gradient: Float64Array,
): void {
  const last = sizes.length - 1;
  for (let unit = 0; unit < sizes[last]; unit++) {
    errors[last][unit] = units[last][unit] - units[0][unit];
  }
  let end = weights.length;
  for (let layer = last; layer >= 1; layer--) {
    const input = units[layer - 1];
    const error = errors[layer];
    const before = errors[layer - 1];
    const offsets = end - error.length;
    const start = offsets - input.length * error.length;
    before.fill(0);
    for (let unit = 0; unit < error.length; unit++) {
      const slope = error[unit];
      const line = start + unit * input.length;
      gradient[offsets + unit] += slope;
      for (let k = 0; k < input.length; k++) {
        gradient[line + k] += slope * input[k];
        before[k] += slope * weights[line + k];
      }
    }
    for (let k = 0; k < input.length; k++) before[k] *= 1 - input[k] * input[k];
    end = start;
  }
}

/** Adam's step, which empties the gradient. */
function createAdam(weights: Float64Array, gradient: Float64Array): () => void {
  const first = new Float64Array(weights.length);
  const second = new Float64Array(weights.length);
  let firstLeft = 1;
  let secondLeft = 1;
  return () => {
    firstLeft *= FIRST_DECAY;
    secondLeft *= SECOND_DECAY;
    for (let k = 0; k < weights.length; k++) {
      const slope = gradient[k] / BATCH_ROWS;
      first[k] = FIRST_DECAY * first[k] + (1 - FIRST_DECAY) * slope;
      second[k] = SECOND_DECAY * second[k] + (1 - SECOND_DECAY) * slope * slope;
      const spread = Math.sqrt(second[k] / (1 - secondLeft)) + TINY;
      weights[k] -= RATE * first[k] / (1 - firstLeft) / spread;
      gradient[k] = 0;
    }
  };
}

function shuffle(order: Uint32Array, random: Random): void {
  for (let place = order.length - 1; place > 0; place--) {
    const other = random.below(place + 1);
    [order[place], order[other]] = [order[other], order[place]];
  }
}
