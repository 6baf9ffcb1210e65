import { createRandom } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import {
  momentScaling,
  readScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  standardize,
  standardizedTable,
  type Table,
  writeScaling,
} from "../frame/mod.ts";
import { createNetwork, layerSizes, type Network, weightCount } from "./network.ts";
import { trainNetwork } from "./train_network.ts";

/** Units of a hidden layer: far past what a few dozen columns need. */
const HIDDEN_MAX = 512;

const parameters = {
  hidden: {
    default: 0,
    min: 0,
    max: HIDDEN_MAX,
    integer: true,
    help: "units of the narrowest layer; 0 takes half as many as there are columns, at most 64",
  },
  layers: {
    default: 1,
    min: 1,
    max: 2,
    integer: true,
    help: "hidden layers; of two the first has twice as many units as the second",
  },
  visits: {
    default: 200_000,
    min: 100,
    max: 100_000_000,
    integer: true,
    help: "rows that training goes through in all, in several rounds over few rows",
  },
};

/** What a network sees of a value: beyond it one wild value would move all weights. */
const INPUT_MAX = 10;

interface Autoencoder {
  readonly scaling: Scaling;
  readonly network: Network;
}

/**
 * Autoencoder (Hawkins et al. 2002; here with one or two hidden layers of tanh units, trained by
 * Adam): a network that has to pass rows through a narrow layer learns how columns go together. The
 * score is the squared error of what comes out, columns standardized.
 */
export const autoencoder: Algorithm = rowAlgorithm<typeof parameters, Autoencoder>({
  name: "autoencoder",
  source:
    "S. Hawkins et al.: Outlier Detection Using Replicator Neural Networks, DaWaK 2002; D. Kingma, J. Ba: Adam, ICLR 2015",
  parameters,
  version: 1,
  scale: "relative",
  fit(table, { parameters: { hidden, layers, visits }, seed }) {
    const scaling = momentScaling(table);
    const narrow = hidden || Math.min(64, Math.floor((table.columnCount + 1) / 2));
    const random = createRandom(seed);
    const network = createNetwork(layerSizes(table.columnCount, narrow, layers), random);
    trainNetwork(network, clippedRows(table, scaling), visits, random);
    return { scaling, network };
  },
  judge,
  write({ scaling, network }, writer) {
    writeScaling(scaling, writer);
    writer.integer(network.sizes.length - 2);
    writer.integer(network.sizes[network.sizes.length - 2]);
    writer.numbers(network.weights);
  },
  read,
});

function clippedRows(table: Table, scaling: Scaling): Float64Array {
  return standardizedTable(table, scaling).map(clipped);
}

function clipped(value: number): number {
  return Math.min(Math.max(value, -INPUT_MAX), INPUT_MAX);
}

function judge({ scaling, network }: Autoencoder, columnCount: number): RowJudge {
  const z = new Float64Array(columnCount);
  const input = new Float64Array(columnCount);
  const pass = network.open();
  const errors = (row: Float64Array, use: (column: number, square: number) => void) => {
    standardize(row, scaling, z);
    for (let column = 0; column < columnCount; column++) input[column] = clipped(z[column]);
    const output = pass(input);
    for (let column = 0; column < columnCount; column++) {
      const error = z[column] - output[column];
      use(column, error * error);
    }
  };
  return {
    score(row) {
      let sum = 0;
      errors(row, (_, square) => sum += square);
      return sum;
    },
    explain(row, parts) {
      errors(row, (column, square) => parts[column] = square);
    },
  };
}

function read(reader: ByteReader<unknown>, columnCount: number): Autoencoder {
  const scaling = readScaling(reader, columnCount);
  const layers = reader.integer("layers", 1, 2);
  const hidden = reader.integer("hidden", 1, HIDDEN_MAX);
  const sizes = layerSizes(columnCount, hidden, layers);
  // Outputs are sums of them: bounded, so that their squares stay finite.
  const weights = reader.numbers("weights", weightCount(sizes), { min: -1e100, max: 1e100 });
  return { scaling, network: createNetwork(sizes, weights) };
}
