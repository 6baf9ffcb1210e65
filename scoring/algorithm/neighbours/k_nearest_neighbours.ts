import type { Algorithm } from "../algorithm.ts";
import {
  readScaling,
  rowAlgorithm,
  type RowJudge,
  standardize,
  writeScaling,
} from "../frame/mod.ts";
import type { Parameters } from "../parameters.ts";
import { addSquares, createNearestSearch } from "./nearest.ts";
import { drawSamples, readSample, type Samples } from "./samples.ts";

/** So many samples that another one changes nothing. */
const SAMPLES_MAX = 64;

const parameters = {
  neighbours: { default: 16, min: 1, max: 1000, integer: true, help: "rows looked at from a row" },
  subsample: { default: 256, min: 1, max: 8192, integer: true, help: "training rows of a sample" },
  samples: {
    default: 4,
    min: 1,
    max: SAMPLES_MAX,
    integer: true,
    help: "samples, whose distances are averaged",
  },
  mean: {
    default: 0,
    min: 0,
    max: 1,
    integer: true,
    help: "1 for the mean distance of all neighbours instead of the farthest one's",
  },
};

/**
 * Distance to the k-th nearest training row (Ramaswamy, Rastogi and Shim 2000), or the mean distance
 * to all k (Angiulli and Pizzuti 2002), columns standardized. It is measured from small samples, as
 * anomalies that lie together are then too few to be one another's neighbours (Zimek et al. 2013,
 * Subsampling for efficient and effective unsupervised outlier detection ensembles).
 */
export const kNearestNeighbours: Algorithm = rowAlgorithm({
  name: "k_nearest_neighbours",
  source: "S. Ramaswamy, R. Rastogi, K. Shim: Efficient Algorithms for Mining Outliers " +
    "from Large Data Sets, SIGMOD 2000",
  parameters,
  version: 1,
  scale: "relative",
  fit: (table, { parameters: { samples, subsample }, seed }): Samples =>
    drawSamples(table, samples, subsample, seed),
  judge,
  write({ scaling, samples }, writer) {
    writeScaling(scaling, writer);
    writer.integer(samples.length);
    for (const sample of samples) writer.numbers(sample);
  },
  read(reader, columnCount): Samples {
    const scaling = readScaling(reader, columnCount);
    const count = reader.integer("samples", 1, SAMPLES_MAX);
    const samples = Array.from({ length: count }, () => readSample(reader, columnCount));
    return { scaling, samples };
  },
});

function judge(
  { scaling, samples }: Samples,
  columnCount: number,
  { neighbours, mean }: Parameters<typeof parameters>,
): RowJudge {
  const z = new Float64Array(columnCount);
  const searches = samples.map((values) =>
    createNearestSearch(values, columnCount, Math.min(neighbours, values.length / columnCount))
  );
  const distance = mean === 1 ? meanDistance : farthestDistance;
  return {
    score(row) {
      standardize(row, scaling, z);
      let sum = 0;
      for (const search of searches) {
        search.find(z, -1);
        sum += distance(search.squares);
      }
      return sum / searches.length;
    },
    explain(row, parts) {
      standardize(row, scaling, z);
      searches.forEach((search, sample) => {
        search.find(z, -1);
        addSquares(search, samples[sample], z, parts);
      });
    },
  };
}

function farthestDistance(squares: Float64Array): number {
  return Math.sqrt(squares[squares.length - 1]);
}

function meanDistance(squares: Float64Array): number {
  let sum = 0;
  for (const square of squares) sum += Math.sqrt(square);
  return sum / squares.length;
}
