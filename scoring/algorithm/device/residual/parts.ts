import { excessOf, meanExcess } from "./excess.ts";
import { medianOfThree } from "../series/mod.ts";
import type { ResidualModel } from "./residual_model.ts";
import type { ResidualStream } from "./residual_stream.ts";
import { distanceParts, mahalanobisDistance } from "./shrunk_covariance.ts";

/** What parts are made from; a model without their own centres and scales. */
export type PartSource = Pick<ResidualModel, "covariance" | "predictionScale" | "seasonScale">;

/** A part counts for no more deviations than so many. */
const DEVIATIONS_MAX = 200;

/** Measures the residuals of the row pushed last; the season's part is NaN where there is none. */
export function measureParts(
  { covariance, predictionScale, seasonScale }: PartSource,
  { prediction, season, isSeasonal }: ResidualStream,
  white: Float64Array,
  into: Float64Array,
): void {
  into[0] = mahalanobisDistance(covariance, prediction, white);
  into[1] = meanExcess(prediction, predictionScale);
  into[2] = isSeasonal ? meanExcess(season, seasonScale) : NaN;
}

/** Deviations of a part from its median in training. */
function deviationsOf(value: number, center: number, scale: number): number {
  return Math.min((value - center) / scale, DEVIATIONS_MAX);
}

/** The parts of one row as one number each. */
export interface Excesses {
  /** Mean of the deviations of the parts that are known. */
  readonly mean: number;
  /** Their median. */
  readonly agreed: number;
}

/** @param parts Of them the last may be NaN, see `measureParts`. */
export function excessesOf(
  parts: Float64Array,
  { partCenter, partScale }: Pick<ResidualModel, "partCenter" | "partScale">,
): Excesses {
  const a = deviationsOf(parts[0], partCenter[0], partScale[0]);
  const b = deviationsOf(parts[1], partCenter[1], partScale[1]);
  if (parts[2] !== parts[2]) return { mean: (a + b) / 2, agreed: (a + b) / 2 };
  const c = deviationsOf(parts[2], partCenter[2], partScale[2]);
  return { mean: (a + b + c) / 3, agreed: medianOfThree(a, b, c) };
}

/** Shares each part's deviations among the columns by what they brought to it. */
export function explainParts(
  model: ResidualModel,
  stream: Pick<ResidualStream, "prediction" | "season" | "isSeasonal">,
  parts: Float64Array,
  into: Float64Array,
): void {
  const shares = new Float64Array(into.length);
  const add = (part: number) => {
    const { partCenter, partScale } = model;
    const deviations = deviationsOf(parts[part], partCenter[part], partScale[part]);
    const total = shares.reduce((sum, share) => sum + share, 0);
    if (!(deviations > 0 && total > 0)) return;
    for (let column = 0; column < into.length; column++) {
      into[column] += deviations * (shares[column] / total);
    }
  };
  const { prediction, season } = stream;
  distanceParts(model.covariance, prediction, shares);
  add(0);
  for (let column = 0; column < shares.length; column++) {
    shares[column] = excessOf(prediction[column], model.predictionScale[column]);
  }
  add(1);
  if (!stream.isSeasonal) return;
  for (let column = 0; column < shares.length; column++) {
    shares[column] = excessOf(season[column], model.seasonScale[column]);
  }
  add(2);
}
