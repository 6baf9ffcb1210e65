import type { Matrix } from "../../../forest/mod.ts";
import { quantile } from "../../../numeric/mod.ts";
import type { ByteReader, ByteWriter } from "../../bytes/mod.ts";
import { type ColumnScale, createRowRing, fitMomentScale, scaleRows } from "../series/mod.ts";
import { nearestDistance } from "./nearest_distance.ts";
import { selectColumns, watchedColumns } from "./watched_columns.ts";
import { FEATURES_PER_COLUMN, WINDOW_ROWS, windowFeatures } from "./window_features.ts";

/** Windows of training that a device is compared with. */
export interface NeighbourModel extends ColumnScale {
  /** The columns that are watched, ascending; centre and scale are of them. */
  readonly columns: Uint16Array;
  /** Features of the windows, one after the other. */
  readonly references: Float32Array;
  /** Distance to the nearest window at which an alert begins, above 0. */
  readonly alertDistance: number;
}

/** Windows kept: as good as all of them in what was measured. */
const REFERENCES_MAX = 256;
/** Numbers kept, where columns are many: 48 kB. */
const REFERENCE_NUMBERS_MAX = 12_288;
const REFERENCES_MIN = 16;
/** A window overlaps those up to so far from it, which tell nothing about it. */
const APART_ROWS = 4 * WINDOW_ROWS;
/** An alert begins at so many times what one training window in a hundred had. */
const ALERT_SHARE = 2;
/** Where all windows of training are alike, in deviations of a column. */
const ALERT_DISTANCE_MIN = 0.5;

export function fitNeighbourModel(rows: Matrix): NeighbourModel {
  const columns = watchedColumns(rows);
  const watched = selectColumns(rows, columns);
  const moments = fitMomentScale(watched);
  const features = trainingFeatures(scaleRows(watched, moments));
  const width = columns.length * FEATURES_PER_COLUMN;
  const windows = features.length / width;
  const count = Math.min(windows, referenceCount(width));
  const chosen = Uint32Array.from(
    { length: count },
    (_, index) => Math.floor((index + 0.5) * windows / count),
  );
  const references = new Float32Array(count * width);
  chosen.forEach((window, index) => {
    references.set(features.subarray(window * width, (window + 1) * width), index * width);
  });
  const alertDistance = alertDistanceOf(features, references, chosen);
  return { ...moments, columns, references, alertDistance };
}

export function writeNeighbourModel(model: NeighbourModel, writer: ByteWriter): void {
  writer.shorts(model.columns);
  writer.floats(model.center);
  writer.floats(model.scale);
  writer.floats(model.references);
  writer.number(model.alertDistance);
}

/** @throws {RangeError} When the fields are not those of a sound model. */
export function readNeighbourModel(
  reader: ByteReader<unknown>,
  columnCount: number,
): NeighbourModel {
  const columns = reader.shorts("columns", undefined, { max: columnCount - 1 });
  if (columns.length === 0) reader.refuse("columns", "have an entry", 0);
  columns.forEach((column, index) => {
    if (index > 0 && column <= columns[index - 1]) reader.refuse("columns", "ascend", column);
  });
  const above = { min: Number.MIN_VALUE };
  const center = reader.floats("center", columns.length);
  const scale = reader.floats("scale", columns.length, above);
  const references = reader.floats("references");
  const width = columns.length * FEATURES_PER_COLUMN;
  if (references.length % width !== 0) {
    reader.refuse("references", `have a multiple of ${width} entries`, references.length);
  }
  return {
    columns,
    center,
    scale,
    references,
    alertDistance: reader.number("alertDistance", above),
  };
}

function referenceCount(width: number): number {
  const count = Math.floor(REFERENCE_NUMBERS_MAX / width);
  return Math.max(REFERENCES_MIN, Math.min(REFERENCES_MAX, count));
}

/** Features of each full window, the one that ends first at first. */
function trainingFeatures({ data, rowCount, columnCount }: Matrix): Float32Array {
  const windows = Math.max(0, rowCount - WINDOW_ROWS + 1);
  const width = columnCount * FEATURES_PER_COLUMN;
  const features = new Float32Array(windows * width);
  const ring = createRowRing(new Float32Array(WINDOW_ROWS * columnCount), columnCount);
  for (let row = 0; row < rowCount; row++) {
    ring.data.set(data.subarray(row * columnCount, (row + 1) * columnCount), ring.next());
    const window = row - WINDOW_ROWS + 1;
    if (window < 0) continue;
    windowFeatures(ring, columnCount, features.subarray(window * width, (window + 1) * width));
  }
  return features;
}

function alertDistanceOf(
  features: Float32Array,
  references: Float32Array,
  chosen: Uint32Array,
): number {
  const width = references.length / Math.max(1, chosen.length);
  const distances: number[] = [];
  for (let window = 0; window * width < features.length; window++) {
    const isOther = (index: number) => Math.abs(chosen[index] - window) >= APART_ROWS;
    const row = features.subarray(window * width, (window + 1) * width);
    const distance = nearestDistance(references, row, isOther);
    if (distance < Infinity) distances.push(distance);
  }
  if (distances.length === 0) return ALERT_DISTANCE_MIN;
  const rare = quantile(Float64Array.from(distances).sort(), 0.99);
  return Math.max(ALERT_SHARE * rare, ALERT_DISTANCE_MIN);
}
