import { medianOfThree } from "../series/mod.ts";
import { excessOf, meanExcess, meanOfGreatest } from "./excess.ts";
import { PART_COUNT, type ResidualModel } from "./residual_model.ts";
import type { Residuals } from "./residual_stream.ts";
import { distanceParts, mahalanobisDistance } from "./shrunk_covariance.ts";

/** What parts are made from; a model without their own centres and scales. */
export type PartSource = Pick<
  ResidualModel,
  "covariance" | "predictionScale" | "seasonScale" | "seasonPredictionScale"
>;

/** A part counts for no more deviations than so many. */
const DEVIATIONS_MAX = 200;

/** Measures the residuals of the row pushed last; parts of the season are NaN where there is none. */
export function measureParts(
  source: PartSource,
  { prediction, season, seasonPrediction, novelty, isSeasonal }: Residuals,
  white: Float64Array,
  into: Float64Array,
): void {
  into[0] = mahalanobisDistance(source.covariance, prediction, white);
  into[1] = meanExcess(prediction, source.predictionScale);
  into[2] = isSeasonal ? meanExcess(season, source.seasonScale) : NaN;
  into[3] = isSeasonal ? meanExcess(seasonPrediction, source.seasonPredictionScale) : NaN;
  into[4] = meanOfGreatest(novelty);
}

/** Deviations of a part from its median in training. */
function deviationsOf(value: number, center: number, scale: number): number {
  return Math.min((value - center) / scale, DEVIATIONS_MAX);
}

/** The parts of one row as one number each. */
export interface Excesses {
  /** Mean of the deviations of the parts that are known. */
  readonly mean: number;
  /** Median of those of the first three, where they are known: two must agree. */
  readonly agreed: number;
}

/** @param parts See `measureParts`. */
export function excessesOf(
  parts: Float64Array,
  { partCenter, partScale }: Pick<ResidualModel, "partCenter" | "partScale">,
): Excesses {
  const at = (part: number) => deviationsOf(parts[part], partCenter[part], partScale[part]);
  let sum = 0;
  let known = 0;
  for (let part = 0; part < PART_COUNT; part++) {
    if (parts[part] !== parts[part]) continue;
    sum += at(part);
    known++;
  }
  const hasSeason = parts[2] === parts[2];
  const agreed = hasSeason ? medianOfThree(at(0), at(1), at(2)) : (at(0) + at(1)) / 2;
  return { mean: sum / known, agreed };
}

/** Shares each part's deviations among the columns by what they brought to it. */
export function explainParts(
  model: ResidualModel,
  residuals: Residuals,
  parts: Float64Array,
  into: Float64Array,
): void {
  const shares = new Float64Array(into.length);
  for (let part = 0; part < PART_COUNT; part++) {
    const deviations = deviationsOf(parts[part], model.partCenter[part], model.partScale[part]);
    if (!(deviations > 0)) continue;
    writeShares(model, residuals, part, shares);
    const total = shares.reduce((sum, share) => sum + share, 0);
    if (!(total > 0)) continue;
    for (let column = 0; column < into.length; column++) {
      into[column] += deviations * (shares[column] / total);
    }
  }
}

function writeShares(
  source: PartSource,
  { prediction, season, seasonPrediction, novelty }: Residuals,
  part: number,
  into: Float64Array,
): void {
  if (part === 0) distanceParts(source.covariance, prediction, into);
  else if (part === 1) writeExcesses(prediction, source.predictionScale, into);
  else if (part === 2) writeExcesses(season, source.seasonScale, into);
  else if (part === 3) writeExcesses(seasonPrediction, source.seasonPredictionScale, into);
  else into.set(novelty);
}

function writeExcesses(residuals: Float64Array, scale: Float32Array, into: Float64Array): void {
  for (let column = 0; column < into.length; column++) {
    into[column] = excessOf(residuals[column], scale[column]);
  }
}
