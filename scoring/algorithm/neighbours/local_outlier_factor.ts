import type { Algorithm } from "../algorithm.ts";
import {
  readScaling,
  rowAlgorithm,
  type RowJudge,
  type Scaling,
  standardize,
  writeScaling,
} from "../frame/mod.ts";
import { addSquares, createNearestSearch, type NearestSearch } from "./nearest.ts";
import { drawSamples, readSample } from "./samples.ts";

const parameters = {
  neighbours: { default: 20, min: 1, max: 1000, integer: true, help: "rows looked at from a row" },
  subsample: { default: 256, min: 1, max: 8192, integer: true, help: "training rows kept" },
};

/** Added to reachability distances, so that rows on one another are dense and not infinitely so. */
const DISTANCE_MIN = 1e-10;

/** Training rows with what their own neighbours say of them. */
interface Neighbourhoods {
  readonly scaling: Scaling;
  readonly values: Float64Array;
  /** Neighbours of each row, fewer than there are rows; 0 where there is one row. */
  readonly neighbours: number;
  /** Distance of each row to its farthest neighbour. */
  readonly reach: Float64Array;
  /** Local reachability density of each row. */
  readonly density: Float64Array;
}

/**
 * Local outlier factor: how much thinner the surroundings of a row are than those of its neighbours,
 * 1 where they are alike (Breunig, Kriegel, Ng and Sander 2000). Columns are standardized.
 */
export const localOutlierFactor: Algorithm = rowAlgorithm({
  name: "local_outlier_factor",
  source: "M. M. Breunig, H.-P. Kriegel, R. T. Ng, J. Sander: LOF: Identifying Density-Based " +
    "Local Outliers, SIGMOD 2000",
  parameters,
  version: 1,
  scale: "relative",
  fit(table, { parameters: { neighbours, subsample }, seed }) {
    const { scaling, samples: [values] } = drawSamples(table, 1, subsample, seed);
    return neighbourhoodsOf(scaling, values, neighbours);
  },
  judge,
  write({ scaling, values, neighbours, reach, density }, writer) {
    writeScaling(scaling, writer);
    writer.numbers(values);
    writer.integer(neighbours);
    writer.numbers(reach);
    writer.numbers(density);
  },
  read(reader, columnCount): Neighbourhoods {
    const scaling = readScaling(reader, columnCount);
    const values = readSample(reader, columnCount);
    const rowCount = values.length / columnCount;
    return {
      scaling,
      values,
      neighbours: reader.integer("neighbours", Math.min(1, rowCount - 1), rowCount - 1),
      reach: reader.numbers("reach", rowCount, { min: 0 }),
      density: reader.numbers("density", rowCount, { min: Number.MIN_VALUE }),
    };
  },
});

function neighbourhoodsOf(
  scaling: Scaling,
  values: Float64Array,
  wanted: number,
): Neighbourhoods {
  const columnCount = scaling.center.length;
  const rowCount = values.length / columnCount;
  const neighbours = Math.min(wanted, rowCount - 1);
  const reach = new Float64Array(rowCount);
  const density = new Float64Array(rowCount).fill(1 / DISTANCE_MIN);
  if (neighbours === 0) return { scaling, values, neighbours, reach, density };
  const found = Array.from({ length: rowCount }, (_, row) => {
    const search = createNearestSearch(values, columnCount, neighbours);
    search.find(values.subarray(row * columnCount, (row + 1) * columnCount), row);
    reach[row] = Math.sqrt(search.squares[neighbours - 1]);
    return search;
  });
  found.forEach((search, row) => density[row] = reachabilityDensity(search, reach));
  return { scaling, values, neighbours, reach, density };
}

/** One over the mean distance to the neighbours, none of which counts as nearer than its own reach. */
function reachabilityDensity({ rows, squares }: NearestSearch, reach: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += Math.max(reach[rows[i]], Math.sqrt(squares[i]));
  return 1 / (sum / rows.length + DISTANCE_MIN);
}

function judge(
  { scaling, values, neighbours, reach, density }: Neighbourhoods,
  columnCount: number,
): RowJudge {
  const z = new Float64Array(columnCount);
  const search = createNearestSearch(values, columnCount, Math.max(neighbours, 1));
  const find = (row: Float64Array) => {
    standardize(row, scaling, z);
    search.find(z, -1);
  };
  return {
    score(row) {
      find(row);
      let sum = 0;
      for (const other of search.rows) sum += density[other];
      return sum / search.rows.length / reachabilityDensity(search, reach);
    },
    explain(row, parts) {
      find(row);
      addSquares(search, values, z, parts);
    },
  };
}
