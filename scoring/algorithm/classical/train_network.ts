import type { Random } from "../../numeric/mod.ts";
import { forward, type Network } from "./network.ts";

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
