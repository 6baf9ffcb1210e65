import {
  createRowRing,
  createScaledRows,
  createSmoothedRows,
  exponentialKernel,
  HELD_ROWS_MAX,
} from "../series/mod.ts";
import { boundedScore, type Watch } from "../watch.ts";
import { nearestDistance, nearestStart } from "./nearest_distance.ts";
import type { NeighbourModel } from "./neighbour_model.ts";
import { FEATURES_PER_COLUMN, WINDOW_ROWS, windowFeatures } from "./window_features.ts";

/** Weight of the newest distance in the score. */
const NEWEST_SHARE = 0.05;
const SMOOTHED_ROWS = 64;

/** Rows before one that its score depends on. */
export const NEIGHBOUR_LOOKBACK = HELD_ROWS_MAX + WINDOW_ROWS + SMOOTHED_ROWS;

/** A watch that remembers nothing yet. */
export function createNeighbourWatch(model: NeighbourModel, columnCount: number): Watch {
  const { columns, center, scale, references, alertDistance } = model;
  const watched = columns.length;
  const selected = new Float32Array(watched);
  const scaledRows = createScaledRows(model);
  const window = createRowRing(new Float32Array(WINDOW_ROWS * watched), watched);
  const features = new Float32Array(watched * FEATURES_PER_COLUMN);
  const distance = new Float64Array(1);
  const smoothed = createSmoothedRows(exponentialKernel(NEWEST_SHARE, SMOOTHED_ROWS), 1);
  const expectations = new Float64Array(columnCount).fill(NaN);
  let score = NaN;
  const isKnown = () => window.count === WINDOW_ROWS && references.length > 0;
  return {
    get alarm() {
      return score;
    },
    push(row) {
      for (let index = 0; index < watched; index++) selected[index] = row[columns[index]];
      window.data.set(scaledRows.push(selected), window.next());
      if (!isKnown()) return NaN;
      windowFeatures(window, watched, features);
      distance[0] = nearestDistance(references, features);
      smoothed.push(distance);
      score = boundedScore(smoothed.mean[0], alertDistance);
      return score;
    },
    explain() {
      const contributions = new Float64Array(columnCount);
      if (!isKnown()) return contributions;
      const nearest = nearestStart(references, features);
      for (let feature = 0; feature < features.length; feature++) {
        const distance = features[feature] - references[nearest + feature];
        const column = columns[Math.floor(feature / FEATURES_PER_COLUMN)];
        contributions[column] += distance * distance;
      }
      return contributions;
    },
    expected() {
      const nearest = isKnown() ? nearestStart(references, features) : undefined;
      for (let index = 0; index < watched; index++) {
        const mean = nearest === undefined ? 0 : references[nearest + index * FEATURES_PER_COLUMN];
        expectations[columns[index]] = center[index] + mean * scale[index];
      }
      return expectations.slice();
    },
  };
}
