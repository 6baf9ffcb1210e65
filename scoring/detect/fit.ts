import type { FeaturePlan, FeatureVector } from "../features/mod.ts";
import { fitForest, saturationScore, scoreForest } from "../forest/mod.ts";
import type { Matrix } from "../forest/mod.ts";
import { ANY_PERIOD, isSuppressed, periodAt } from "../time/mod.ts";
import type { Period, PeriodCalendar, ZoneTransitions } from "../time/mod.ts";
import { fitCalibration } from "./calibration.ts";
import type { Model, ModelSection, ThresholdMode } from "./model.ts";

/** Fewer complete rows than this make no model: an eighth of the default subsample. */
export const MODEL_ROWS_MIN = 32;

/** A period with fewer training rows has no section of its own and uses `any`. */
export const PERIOD_ROWS_MIN = 128;

export const TREE_COUNT_DEFAULT = 100;
export const SUBSAMPLE_SIZE_DEFAULT = 256;
export const CONTAMINATION_DEFAULT = 0.01;

/** There is not enough history to fit a model. */
export class TooFewRowsError extends Error {
  override readonly name = "TooFewRowsError";
  constructor(
    /** Complete feature vectors found. */
    readonly rows: number,
    /** At least needed. */
    readonly wanted: number,
  ) {
    super(`Cannot fit model as ${wanted} complete rows are needed: found ${rows}`);
  }
}

export interface ModelFitOptions {
  readonly detectorId: string;
  /** Device, cohort or tenant that the rows are of. */
  readonly entityId: string;
  readonly plan: FeaturePlan;
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  /** Training vectors in order of time; those that are not complete are left out. */
  readonly vectors: readonly FeatureVector[];
  /** Default 100. */
  readonly treeCount?: number;
  /** ψ, default 256; less where there are fewer rows. */
  readonly subsampleSize?: number;
  readonly seed: number;
  /** Default AUTO. */
  readonly thresholdMode?: ThresholdMode;
  /** Expected share of anomalous rows, in (0, 0.5]; default 0.01. */
  readonly contamination?: number;
}

/**
 * Fits a forest to all complete rows and one more to each period that has at least 128 of them. The
 * same rows and seed give the same model, bit for bit.
 *
 * @throws {TooFewRowsError} when fewer than 32 rows are complete.
 * @throws {RangeError} naming the parameter that is out of its range.
 */
export function fitModel(options: ModelFitOptions): Model {
  const parameters = checked(options);
  const vectors = usable(options);
  if (vectors.length < MODEL_ROWS_MIN) throw new TooFewRowsError(vectors.length, MODEL_ROWS_MIN);
  const sections = [...byPeriod(vectors, options)].map(([period, rows], index) =>
    fitSection(period, matrixOf(rows, options.plan.features.length), parameters, index)
  );
  return {
    detectorId: options.detectorId,
    entityId: options.entityId,
    plan: options.plan,
    provenance: {
      algorithm: "isolation_forest",
      ...parameters,
      trainedFrom: vectors[0].bucketAt,
      trainedUntil: vectors[vectors.length - 1].bucketAt,
      rows: vectors.length,
    },
    sections,
  };
}

interface FitParameters {
  readonly treeCount: number;
  readonly subsampleSize: number;
  readonly seed: number;
  readonly thresholdMode: ThresholdMode;
  readonly contamination: number;
}

function checked(options: ModelFitOptions): FitParameters {
  const { treeCount = TREE_COUNT_DEFAULT, subsampleSize = SUBSAMPLE_SIZE_DEFAULT } = options;
  const { seed, thresholdMode = "AUTO", contamination = CONTAMINATION_DEFAULT } = options;
  if (!(contamination > 0 && contamination <= 0.5)) {
    throw new RangeError(
      `Cannot fit model as contamination must be in (0, 0.5]: current value is ${contamination}`,
    );
  }
  return { treeCount, subsampleSize, seed, thresholdMode, contamination };
}

function usable({ vectors, calendar, zone }: ModelFitOptions): FeatureVector[] {
  return vectors.filter((vector) =>
    vector.complete && !isSuppressed(calendar, zone, vector.bucketAt)
  );
}

/** All vectors as `any`, then each period that has enough of them, in order of their names. */
function byPeriod(
  vectors: readonly FeatureVector[],
  { calendar, zone }: ModelFitOptions,
): Map<Period, readonly FeatureVector[]> {
  const periods = new Map<Period, FeatureVector[]>();
  for (const vector of vectors) {
    const period = periodAt(calendar, zone, vector.bucketAt);
    const own = periods.get(period);
    if (own) own.push(vector);
    else periods.set(period, [vector]);
  }
  const large = [...periods].filter(([, own]) => own.length >= PERIOD_ROWS_MIN)
    .sort(([left], [right]) => left < right ? -1 : 1);
  return new Map([[ANY_PERIOD, vectors], ...large]);
}

function matrixOf(vectors: readonly FeatureVector[], columnCount: number): Matrix {
  const data = new Float32Array(vectors.length * columnCount);
  vectors.forEach((vector, row) => data.set(vector.values, row * columnCount));
  return { data, rowCount: vectors.length, columnCount };
}

function fitSection(
  period: Period,
  rows: Matrix,
  parameters: FitParameters,
  index: number,
): ModelSection {
  // Sections of one model draw different samples, so that their errors do not agree.
  const seed = (parameters.seed + Math.imul(index, 0x9e3779b9)) >>> 0;
  const forest = fitForest(rows, { ...parameters, seed });
  const calibration = fitCalibration(scoreForest(forest, rows), rows, {
    ...parameters,
    saturation: saturationScore(forest),
  });
  return { period, calibration, forest };
}
