import { cos, type Random, sin } from "../../numeric/mod.ts";
import {
  type DrawSplit,
  drawThreshold,
  findFiniteRange,
  type NodeRows,
  type Split,
  type Subsample,
} from "./draw_split.ts";
import { createGainThreshold, type GainThreshold } from "./gain_threshold.ts";
import { obliqueSum } from "../oblique_sum.ts";

const TWO_PI = 6.283185307179586;
/** Directions that are drawn before one column alone splits a node: few nodes need a second. */
const DIRECTIONS_MAX = 4;
/** Weights stay f32 numbers that are not 0, however far a column's values are apart or together. */
const WEIGHT_MIN = 1.1754943508222875e-38;
const WEIGHT_MAX = 3.4028234663852886e38;

/**
 * Draws splits of two columns that are not constant, each measured in its standard deviation over
 * the node's rows: an even direction in their plane, as two normal deviates have it (Hariri et al.
 * 2019), and a uniform threshold between the least and the greatest sum. Where the sums are
 * constant another direction is drawn. Where only one column is not constant, or no direction
 * parts the rows that have both values, one column splits alone.
 *
 * @param gainShare Share of splits whose threshold is the best one for their direction instead
 * (SCiForest of Liu, Ting and Zhou 2010; that only some are guided is from Cortes 2021).
 */
export function createObliqueDraw(rowCount: number, gainShare: number): DrawSplit {
  const sums = new Float32Array(rowCount);
  const guided = gainShare > 0 ? createGainThreshold(rowCount) : undefined;
  const chosen = new Uint16Array(2);
  return (subsample, nodeRows, features, random, split) => {
    const found = drawColumns(subsample, nodeRows, features, random, chosen);
    if (found === 0) return false;
    split.values = sums;
    split.offset = 0;
    split.feature = chosen[0];
    split.secondFeature = chosen[1];
    const gain = guided && random.nextFloat() < gainShare ? guided : undefined;
    for (let i = 0; found === 2 && i < DIRECTIONS_MAX; i++) {
      drawWeights(subsample, nodeRows, random, split);
      if (drawSumThreshold(subsample, nodeRows, random, split, gain)) return true;
    }
    split.secondFeature = split.feature;
    split.weight = split.secondWeight = 0.5;
    return drawSumThreshold(subsample, nodeRows, random, split, gain);
  };
}

/** Up to two distinct columns that are not constant; how many. */
function drawColumns(
  { columns, rowCount }: Subsample,
  nodeRows: NodeRows,
  features: Uint16Array,
  random: Random,
  chosen: Uint16Array,
): number {
  let found = 0;
  for (let left = features.length; left > 0 && found < 2; left--) {
    const drawn = random.below(left);
    const feature = features[drawn];
    features[drawn] = features[left - 1];
    features[left - 1] = feature;
    findFiniteRange(columns, feature * rowCount, nodeRows);
    if (nodeRows.range[0] < nodeRows.range[1]) chosen[found++] = feature;
  }
  return found;
}

function drawWeights(
  { columns, rowCount }: Subsample,
  nodeRows: NodeRows,
  random: Random,
  split: Split,
): void {
  const angle = random.nextFloat() * TWO_PI;
  const { feature, secondFeature } = split;
  split.weight = weightOf(cos(angle), deviationOf(columns, feature * rowCount, nodeRows));
  split.secondWeight = weightOf(
    sin(angle),
    deviationOf(columns, secondFeature * rowCount, nodeRows),
  );
}

function weightOf(share: number, deviation: number): number {
  const size = Math.max(WEIGHT_MIN, Math.min(Math.abs(share) / deviation, WEIGHT_MAX));
  return Math.fround(share < 0 ? -size : size);
}

/** Standard deviation of the finite values of a column, which has two different ones. */
function deviationOf(
  columns: Float32Array,
  offset: number,
  { rows, start, end }: NodeRows,
): number {
  let sum = 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    const value = columns[offset + rows[i]];
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = start; i < end; i++) {
    const value = columns[offset + rows[i]];
    if (Number.isFinite(value)) squares += (value - mean) * (value - mean);
  }
  return Math.sqrt(squares / count);
}

/** `false` when the sums of the node's rows are constant. */
function drawSumThreshold(
  { columns, rowCount }: Subsample,
  nodeRows: NodeRows,
  random: Random,
  split: Split,
  gain: GainThreshold | undefined,
): boolean {
  const { values, feature, secondFeature, weight, secondWeight } = split;
  const { rows, start, end, range } = nodeRows;
  const first = feature * rowCount;
  const second = secondFeature * rowCount;
  for (let i = start; i < end; i++) {
    const row = rows[i];
    values[row] = obliqueSum(weight, columns[first + row], secondWeight, columns[second + row]);
  }
  findFiniteRange(values, 0, nodeRows);
  if (!(range[0] < range[1])) return false;
  split.threshold = gain ? gain(values, nodeRows) : drawThreshold(range[0], range[1], random);
  return true;
}
