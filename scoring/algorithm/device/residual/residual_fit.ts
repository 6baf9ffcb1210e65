import type { Matrix } from "../../../forest/mod.ts";
import { medianAbsoluteDeviation, quantile } from "../../../numeric/mod.ts";
import {
  DEVIATIONS_PER_MAD,
  findDayRows,
  firstSeasonRow,
  fitColumnRange,
  fitRobustScale,
  scaleRows,
} from "../series/mod.ts";
import { residualScale } from "./excess.ts";
import { excessesOf, measureParts, type PartSource } from "./parts.ts";
import { PART_COUNT, type ResidualModel, type UsualExcess } from "./residual_model.ts";
import { createResidualStream, type Expectation } from "./residual_stream.ts";
import { fitRidgeVar, LAGS } from "./ridge_var.ts";
import { fitShrunkCovariance } from "./shrunk_covariance.ts";

/**
 * Least deviation of a part where training had hardly any, in its own units. Training has no novelty
 * at all: a two-hundredth of the range stands for one deviation.
 */
const PART_SCALE_MIN: readonly number[] = [1e-3, 1e-3, 1e-3, 1e-3, 5e-3];
/** Of what one row in a hundred exceeds the median by, for a part that mostly rests. */
const RANGE_SHARE = 0.1;
/** An alert begins at so many deviations over what is usual … */
const ALERT_RISE_MIN = 4;
/** … and so many times what one training row in a hundred exceeded. */
const ALERT_RISE_SHARE = 1.5;

/** How the length of a day is known: as rows, else by the time between rows, else by the data. */
export interface DayHint {
  /** 0 where it is to be found. */
  readonly dayRows: number;
  readonly rowMs: number | undefined;
}

export function fitResidualModel(rows: Matrix, hint: DayHint): ResidualModel {
  const robust = fitRobustScale(rows);
  const scaled = scaleRows(rows, robust);
  const dayRows = dayRowsOf(scaled, hint);
  const expectation = { dayRows, range: fitColumnRange(scaled), weights: fitRidgeVar(scaled) };
  // Rows that have a day before them tell what all kinds of residuals usually are.
  const firstRow = LAGS + firstSeasonRow(dayRows);
  const { prediction, season, seasonPrediction } = trainingResiduals(scaled, expectation);
  const source: PartSource = {
    covariance: fitShrunkCovariance(prediction, firstRow),
    predictionScale: residualScale(prediction, firstRow),
    seasonScale: residualScale(season, firstRow),
    seasonPredictionScale: residualScale(seasonPrediction, firstRow),
  };
  const parts = trainingParts(scaled, { source, expectation, firstRow });
  const usual = usualParts(parts);
  return { ...robust, ...expectation, ...source, ...usual, ...usualExcesses(parts, usual) };
}

function dayRowsOf(scaled: Matrix, { dayRows, rowMs }: DayHint): number {
  if (dayRows === 0) return findDayRows(scaled, rowMs);
  return 2 * dayRows <= scaled.rowCount ? dayRows : 0;
}

function trainingResiduals(scaled: Matrix, expectation: Expectation) {
  const { data, rowCount, columnCount } = scaled;
  const stream = createResidualStream(expectation);
  const rowsOf = () => ({ data: new Float32Array(data.length), rowCount, columnCount });
  const all = { prediction: rowsOf(), season: rowsOf(), seasonPrediction: rowsOf() };
  for (let start = 0; start < data.length; start += columnCount) {
    stream.push(data.subarray(start, start + columnCount));
    all.prediction.data.set(stream.prediction, start);
    all.season.data.set(stream.season, start);
    all.seasonPrediction.data.set(stream.seasonPrediction, start);
  }
  return all;
}

interface PartFit {
  readonly source: PartSource;
  readonly expectation: Expectation;
  readonly firstRow: number;
}

/** Parts of the training rows that have a day before them, row after row. */
function trainingParts(scaled: Matrix, { source, expectation, firstRow }: PartFit): Float64Array {
  const { data, rowCount, columnCount } = scaled;
  const stream = createResidualStream(expectation);
  const white = new Float64Array(columnCount);
  const parts = new Float64Array(Math.max(0, rowCount - firstRow) * PART_COUNT);
  for (let row = 0; row < rowCount; row++) {
    stream.push(data.subarray(row * columnCount, (row + 1) * columnCount));
    if (row < firstRow) continue;
    const start = (row - firstRow) * PART_COUNT;
    measureParts(source, stream, white, parts.subarray(start, start + PART_COUNT));
  }
  return parts;
}

function usualParts(parts: Float64Array): Pick<ResidualModel, "partCenter" | "partScale"> {
  const partCenter = new Float64Array(PART_COUNT);
  const partScale = new Float64Array(PART_COUNT).fill(1);
  for (let part = 0; part < PART_COUNT; part++) {
    const sorted = knownOf(parts, part).sort();
    if (sorted.length === 0) continue;
    const center = quantile(sorted, 0.5);
    partCenter[part] = center;
    partScale[part] = Math.max(
      DEVIATIONS_PER_MAD * medianAbsoluteDeviation(sorted, center),
      RANGE_SHARE * (quantile(sorted, 0.99) - center),
      PART_SCALE_MIN[part],
    );
  }
  return { partCenter, partScale };
}

function knownOf(parts: Float64Array, part: number): Float64Array {
  const known = new Float64Array(parts.length / PART_COUNT);
  let count = 0;
  for (let at = part; at < parts.length; at += PART_COUNT) {
    if (parts[at] === parts[at]) known[count++] = parts[at];
  }
  return known.subarray(0, count);
}

/** What the mean and the median of the parts were on the training rows. */
function usualExcesses(
  parts: Float64Array,
  usual: Pick<ResidualModel, "partCenter" | "partScale">,
): Pick<ResidualModel, "mean" | "agreed"> {
  const rowCount = parts.length / PART_COUNT;
  const mean = new Float64Array(rowCount);
  const agreed = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const ofRow = parts.subarray(row * PART_COUNT, (row + 1) * PART_COUNT);
    const excesses = excessesOf(ofRow, usual);
    mean[row] = excesses.mean;
    agreed[row] = excesses.agreed;
  }
  return { mean: usualExcess(mean.sort()), agreed: usualExcess(agreed.sort()) };
}

function usualExcess(sorted: Float64Array): UsualExcess {
  if (sorted.length === 0) return { middle: 0, alertRise: ALERT_RISE_MIN };
  const middle = quantile(sorted, 0.5);
  const rareRise = quantile(sorted, 0.99) - middle;
  return { middle, alertRise: ALERT_RISE_MIN + ALERT_RISE_SHARE * rareRise };
}
