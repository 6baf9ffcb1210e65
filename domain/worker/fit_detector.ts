import { encodeBundle } from "../../scoring/bundle/mod.ts";
import { fitModel, importanceOf, TooFewRowsError } from "../../scoring/detect/mod.ts";
import type { ModelFitOptions } from "../../scoring/detect/mod.ts";
import { type FeatureVector, foldSeries, type Sample } from "../../scoring/features/mod.ts";
import type { ZoneTransitions } from "../../scoring/time/mod.ts";
import type { Detector } from "../detection/detectors.ts";
import { NotFoundError } from "../errors.ts";
import { loadMetricsByName } from "../fleet/metrics.ts";
import { type ModelSummary, summaryOf } from "../detection/models.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";
import { type PointColumns, readPoints } from "./point_columns.ts";

/** Which points a fit reads. */
export interface FitSpan {
  readonly tenantId: string;
  /** First instant of the data, ms; the oldest point where not given. */
  readonly from?: number;
  /** Instant before which the data ends, ms; after the newest point where not given. */
  readonly until?: number;
}

/** A model as it comes out of the worker: bytes without a signature, as keys stay in the main thread. */
export interface FittedModel {
  readonly id: string;
  readonly unsigned: Uint8Array<ArrayBuffer>;
  readonly summary: ModelSummary;
}

/** A model, or why there is none. */
export interface FitOutcome {
  readonly model?: FittedModel;
  readonly tooFew?: { readonly rows: number; readonly wanted: number };
}

/** A detector, or what stands in for it with the plan of an older model. */
type Planned = Pick<Detector, "feature_plan">;

/** A device's points of all metrics of the detector's plan, in their order. */
export async function readColumns(
  context: HeavyReadContext,
  { tenantId, from, until }: FitSpan,
  { feature_plan: plan }: Planned,
  deviceId: string,
): Promise<PointColumns[]> {
  const names = plan.metrics.map(({ name }) => name);
  const metrics = await loadMetricsByName({ db: context.db, tenantId }, names);
  const metricIds = names.map((name) => {
    const metric = metrics.find((candidate) => candidate.name === name);
    if (!metric) throw new NotFoundError("metric", name);
    return metric.id;
  });
  const silent = { ...context, progress: () => {} };
  return await readPoints(silent, { tenantId, deviceId, metricIds, from, until });
}

/** Infinity when there is no point. */
export function firstInstant(columns: readonly PointColumns[]): number {
  return Math.min(...columns.map(({ at }) => at.length > 0 ? at[0] : Infinity));
}

/** The vectors that the detector's pipeline would have made of the points. */
export function vectorsOf(
  { feature_plan: plan }: Planned,
  zone: ZoneTransitions,
  columns: readonly PointColumns[],
): FeatureVector[] {
  return foldSeries(plan, zone, samplesOf(columns));
}

type DetectorFit = Pick<
  ModelFitOptions,
  "entityId" | "calendar" | "zone" | "vectors" | "excluded" | "labels"
>;

/** Fits the detector's algorithm as the detector says. */
export function fitDetector(detector: Detector, fit: DetectorFit): FitOutcome {
  const { seed, ...parameters } = detector.parameters;
  const options: ModelFitOptions = {
    detectorId: detector.id,
    plan: detector.feature_plan,
    algorithm: detector.algorithm,
    parameters,
    seed,
    thresholdMode: detector.threshold_mode,
    contamination: detector.contamination,
    pagesPerWeek: detector.pages_per_week,
    ...fit,
  };
  try {
    const model = fitModel(options);
    const { id, unsigned } = encodeBundle(model);
    const summary = summaryOf(model, unsigned.length, importanceOf(model, options));
    return { model: { id, unsigned, summary } };
  } catch (error) {
    if (!(error instanceof TooFewRowsError)) throw error;
    return { tooFew: { rows: error.rows, wanted: error.wanted } };
  }
}

function samplesOf(columns: readonly PointColumns[]): Sample[] {
  return columns.flatMap(({ at, value }, metric) =>
    Array.from(at, (instant, i): Sample => ({ metric, at: instant, value: value[i] }))
  );
}
