import type { ByteReader, ByteWriter } from "../../bytes/mod.ts";
import { type ColumnRange, type ColumnScale, DAY_ROWS_MAX } from "../series/mod.ts";
import { varWeightCount } from "./ridge_var.ts";
import { type ShrunkCovariance, triangleSize } from "./shrunk_covariance.ts";

/**
 * Distance of the prediction residuals, their mean excess, those of rows and of prediction residuals
 * outside their season's range, and novelty.
 */
export const PART_COUNT = 5;

/** What a device's rows usually do, and how much they differ from it. */
export interface ResidualModel extends ColumnScale {
  /** Rows of a day; 0 where there is none. */
  readonly dayRows: number;
  /** Of the scaled training rows. */
  readonly range: ColumnRange;
  /** See `fitRidgeVar`. */
  readonly weights: Float32Array;
  /** Of smoothed prediction residuals. */
  readonly covariance: ShrunkCovariance;
  readonly predictionScale: Float32Array;
  readonly seasonScale: Float32Array;
  readonly seasonPredictionScale: Float32Array;
  /** Of each part, its median in training. */
  readonly partCenter: Float64Array;
  /** Of each part, its deviation in training, above 0. */
  readonly partScale: Float64Array;
  /** Of the mean of the parts, which ranks rows. */
  readonly mean: UsualExcess;
  /** Of what two of the first three parts agree on, which alerts. */
  readonly agreed: UsualExcess;
}

/** What an excess over the parts' medians was in training. */
export interface UsualExcess {
  readonly middle: number;
  /** How far over the middle an alert begins, above 0. */
  readonly alertRise: number;
}

export function writeResidualModel(model: ResidualModel, writer: ByteWriter): void {
  writer.integer(model.dayRows);
  writer.floats(model.center);
  writer.floats(model.scale);
  writer.floats(model.range.low);
  writer.floats(model.range.high);
  writer.floats(model.weights);
  writer.floats(model.covariance.mean);
  writer.floats(model.covariance.factor);
  writer.floats(model.predictionScale);
  writer.floats(model.seasonScale);
  writer.floats(model.seasonPredictionScale);
  writer.numbers(model.partCenter);
  writer.numbers(model.partScale);
  for (const { middle, alertRise } of [model.mean, model.agreed]) {
    writer.number(middle);
    writer.number(alertRise);
  }
}

/** @throws {RangeError} When the fields are not those of a sound model. */
export function readResidualModel(
  reader: ByteReader<unknown>,
  columnCount: number,
): ResidualModel {
  const above = { min: Number.MIN_VALUE };
  const dayRows = reader.integer("dayRows", 0, DAY_ROWS_MAX);
  const center = reader.floats("center", columnCount);
  const scale = reader.floats("scale", columnCount, above);
  const range = readRange(reader, columnCount);
  const weights = reader.floats("weights", varWeightCount(columnCount));
  const mean = reader.floats("covariance.mean", columnCount);
  const factor = reader.floats("covariance.factor", triangleSize(columnCount));
  for (let row = 0; row < columnCount; row++) {
    const diagonal = factor[triangleSize(row) + row];
    if (!(diagonal > 0)) reader.refuse("covariance.factor", "have a diagonal above 0", diagonal);
  }
  return {
    dayRows,
    center,
    scale,
    range,
    weights,
    covariance: { mean, factor },
    predictionScale: reader.floats("predictionScale", columnCount, above),
    seasonScale: reader.floats("seasonScale", columnCount, above),
    seasonPredictionScale: reader.floats("seasonPredictionScale", columnCount, above),
    partCenter: reader.numbers("partCenter", PART_COUNT),
    partScale: reader.numbers("partScale", PART_COUNT, above),
    mean: readUsualExcess(reader, "mean"),
    agreed: readUsualExcess(reader, "agreed"),
  };
}

function readRange(reader: ByteReader<unknown>, columnCount: number): ColumnRange {
  const low = reader.floats("range.low", columnCount);
  const high = reader.floats("range.high", columnCount);
  for (let column = 0; column < columnCount; column++) {
    if (high[column] >= low[column]) continue;
    reader.refuse(`range.high[${column}]`, `be at least ${low[column]}`, high[column]);
  }
  return { low, high };
}

function readUsualExcess(reader: ByteReader<unknown>, field: string): UsualExcess {
  const middle = reader.number(`${field}.middle`);
  return { middle, alertRise: reader.number(`${field}.alertRise`, { min: Number.MIN_VALUE }) };
}
