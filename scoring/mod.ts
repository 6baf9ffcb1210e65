/**
 * From telemetry points to anomalies and incidents: pure functions over plain data, the same bits in
 * every JavaScript runtime. No clock, no chance, no files, no network.
 *
 * The examples below run as tests; their assertions are those of the standard library.
 *
 * Fit a model to history, then score rows with it. A row is what the feature plan makes of one bucket.
 *
 * @example Fit and score
 * ```ts
 * import { defaultPlan, featureNames, fitModel, foldSeries, judge, scoreVectors } from "./mod.ts";
 * import { DEFAULT_INCIDENT_POLICY, periodAt, SMARTBOX_CALENDAR, zoneTransitions } from "./mod.ts";
 *
 * const minute = 60_000;
 * const start = Date.UTC(2026, 0, 5);
 * const zone = zoneTransitions("Europe/Vienna", start, start + 365 * 24 * 60 * minute);
 * const calendar = SMARTBOX_CALENDAR;
 * assertEquals(periodAt(calendar, zone, start + 9 * 60 * minute), "business");
 *
 * const plan = defaultPlan([{ name: "cpu", kind: "gauge" }], minute);
 * assertEquals(featureNames(plan)[0], "cpu.rollingMean(12)");
 * // Five calm days: a slow wave and some noise, between 20 and 40 %.
 * const valueAt = (minute: number) =>
 *   20 + 10 * Math.abs(minute % 1440 / 720 - 1) + minute * 37 % 1009 / 100.9;
 * const samples = Array.from({ length: 5 * 1440 }, (_, index) => ({
 *   metric: 0,
 *   at: start + index * minute,
 *   value: valueAt(index),
 * }));
 * const vectors = foldSeries(plan, zone, samples);
 * const model = fitModel({
 *   detectorId: "detector",
 *   entityId: "device",
 *   plan,
 *   calendar,
 *   zone,
 *   vectors,
 *   seed: 7,
 * });
 *
 * // Two rows: a known one, and one that was never seen.
 * const known = vectors[vectors.length - 1].values;
 * const data = Float32Array.of(...known, 95, 70, 60, 40, 70);
 * const rows = { data, rowCount: 2, columnCount: known.length };
 * const [calm, wild] = scoreVectors(model, "model", rows, { explain: true });
 * assert(!calm.isAnomaly && wild.isAnomaly && wild.tail < 0.001);
 * assertEquals(wild.contributions[0].metric, "cpu");
 *
 * // The same for a bucket in its period, with the setting in force.
 * const setting = {
 *   version: 1,
 *   detectorId: "detector",
 *   entityId: "device",
 *   severityProfile: "smartbox" as const,
 *   thresholds: {},
 *   calendar,
 *   zone,
 *   incidents: DEFAULT_INCIDENT_POLICY,
 * };
 * const verdict = judge(model, "model", setting, vectors[vectors.length - 1]);
 * assertEquals([verdict?.period, verdict?.isAnomaly], ["night", false]);
 * ```
 *
 * A device pipeline does all of it for a stream: it takes points in any batches and gives back what
 * they change, to be stored in one write. One made anew from what is stored goes on with the same bits.
 *
 * @example Follow a device
 * ```ts
 * import { createDevicePipeline, createFeatureEvaluator, fitModel } from "./mod.ts";
 * import { DEFAULT_INCIDENT_POLICY, SMARTBOX_CALENDAR, UTC } from "./mod.ts";
 *
 * const plan = {
 *   bucketMs: 60_000,
 *   metrics: [{ name: "cpu", kind: "gauge" as const }],
 *   features: [
 *     { metric: "cpu", transform: "value" as const },
 *     { metric: "cpu", transform: "delta" as const },
 *   ],
 * };
 * const valueAt = (minute: number) => 20 + minute * 37 % 101 / 10;
 * const evaluator = createFeatureEvaluator(plan, UTC);
 * for (let minute = 0; minute < 500; minute++) {
 *   evaluator.add({ metric: 0, at: minute * 60_000, value: valueAt(minute) });
 * }
 * const vectors = evaluator.advance(500 * 60_000);
 * const identity = { detectorId: "detector", entityId: "device" };
 * const calendar = SMARTBOX_CALENDAR;
 * const model = fitModel({ ...identity, plan, calendar, zone: UTC, vectors, seed: 7 });
 * const setting = {
 *   ...identity,
 *   version: 1,
 *   severityProfile: "smartbox" as const,
 *   thresholds: { night: 0.63 },
 *   calendar,
 *   zone: UTC,
 *   incidents: DEFAULT_INCIDENT_POLICY,
 * };
 *
 * const pipeline = createDevicePipeline({
 *   tenantId: "tenant",
 *   deviceId: "device",
 *   latenessMs: 0,
 *   watermark: null,
 *   incidents: [],
 *   metricIds: new Map([["cpu", "metric"]]),
 *   categories: new Map([["cpu", "resource"]]),
 *   runners: [{ detectorId: "detector", modelId: "model", model, setting }],
 * });
 * // Calm, then 80 and 10 in turn, then silence until the clock says so.
 * const points = Array.from({ length: 20 }, (_, minute) => ({
 *   metric: "cpu",
 *   at: minute * 60_000,
 *   value: minute < 12 ? valueAt(minute) : 10 + minute % 2 * 70,
 * }));
 * const { anomalies, incidentChanges } = pipeline.fold(points);
 * assertEquals([anomalies[0].at, anomalies[0].topMetric], [12 * 60_000, "cpu"]);
 * assertEquals(incidentChanges.map(({ action }) => action).slice(0, 2), ["CREATE", "CONFIRM"]);
 * const silence = pipeline.tick(60 * 60_000);
 * assertEquals(silence?.incidentChanges.map(({ action }) => action), [
 *   "CONTINUE",
 *   "RECOVER",
 *   "RESOLVE",
 *   "CLOSE",
 * ]);
 * ```
 *
 * Models travel as signed bytes. Whoever opens one knows that it is whole, whose it is and that it
 * cannot harm.
 *
 * @example Sign and open a bundle
 * ```ts
 * import { BundleError, encodeBundle, openBundle, signBundle } from "./mod.ts";
 * import { generateSigningKey, importSigner, importTrustedKeys } from "./mod.ts";
 * import { fitModel, SMARTBOX_CALENDAR, UTC } from "./mod.ts";
 *
 * const vectors = Array.from({ length: 64 }, (_, index) => ({
 *   bucketAt: index * 60_000,
 *   values: Float32Array.of(index * 37 % 64),
 *   complete: true,
 *   silent: false,
 * }));
 * const model = fitModel({
 *   detectorId: "detector",
 *   entityId: "device",
 *   plan: {
 *     bucketMs: 60_000,
 *     metrics: [{ name: "cpu", kind: "gauge" }],
 *     features: [{ metric: "cpu", transform: "value" }],
 *   },
 *   calendar: SMARTBOX_CALENDAR,
 *   zone: UTC,
 *   vectors,
 *   seed: 7,
 * });
 *
 * const { pkcs8, publicKey } = await generateSigningKey();
 * const { id, unsigned } = encodeBundle(model);
 * const bytes = await signBundle(unsigned, await importSigner(pkcs8), "tenant");
 * const trustedKeys = await importTrustedKeys([publicKey]);
 * assertEquals(await openBundle(bytes, { tenantId: "tenant", trustedKeys }), { id, model });
 * await assertRejects(() => openBundle(bytes, { tenantId: "other", trustedKeys }), BundleError);
 * ```
 *
 * Forests are not all: every method has one face. Some judge each row by itself, others go along a
 * series and remember; a judge goes along a device's buckets with either.
 *
 * @example Judge by another method
 * ```ts
 * import { ALGORITHMS, findAlgorithm, fitModel, openJudge, scoreVectors } from "./mod.ts";
 * import { DEFAULT_INCIDENT_POLICY, SeriesModelError, SMARTBOX_CALENDAR, UTC } from "./mod.ts";
 *
 * assert(ALGORITHMS.some(({ name }) => name === "series_novelty"));
 * // A wave of 600 buckets of five minutes, and a spike in bucket 580.
 * const values = Array.from({ length: 600 }, (_, i) => i % 48 + (i === 580 ? 90 : 0));
 *
 * // Alone: fitted to rows, scored row by row, kept as bytes.
 * const rows = { data: Float32Array.from(values), rowCount: 600, columnCount: 1 };
 * const novelty = findAlgorithm("series_novelty")!;
 * const fitted = novelty.fit(rows, { seed: 7, rowMs: 300_000 });
 * const scores = fitted.scoreBatch(rows);
 * assert(scores[580] > fitted.alerts!.threshold);
 * assertEquals(novelty.restore(fitted.serialize()).scoreBatch(rows), scores);
 *
 * // As the model of a detector, calibrated, with a threshold, and judged bucket by bucket.
 * const zone = UTC;
 * const calendar = SMARTBOX_CALENDAR;
 * const plan = {
 *   bucketMs: 300_000,
 *   metrics: [{ name: "load", kind: "gauge" as const }],
 *   features: [{ metric: "load", transform: "value" as const }],
 * };
 * const vectors = values.map((value, i) => ({
 *   bucketAt: Date.UTC(2026, 0, 5) + i * 300_000,
 *   values: Float32Array.of(value),
 *   complete: true,
 *   silent: false,
 * }));
 * const identity = { detectorId: "detector", entityId: "device" };
 * const model = fitModel({
 *   ...identity,
 *   plan,
 *   calendar,
 *   zone,
 *   vectors: vectors.slice(0, 500),
 *   algorithm: "series_novelty",
 *   seed: 7,
 * });
 * const judge = openJudge(model, "model", {
 *   ...identity,
 *   version: 1,
 *   severityProfile: "smartbox",
 *   thresholds: {},
 *   calendar,
 *   zone,
 *   incidents: DEFAULT_INCIDENT_POLICY,
 * });
 * const flagged = vectors.map((vector) => judge.judge(vector)?.isAnomaly === true);
 * assertEquals([flagged.indexOf(true), flagged.lastIndexOf(true)], [580, 580]);
 * // A single row means nothing to a method that goes along a series.
 * await assertRejects(() => Promise.try(scoreVectors, model, "model", rows), SeriesModelError);
 * ```
 *
 * The parts serve alone as well.
 *
 * @example Forest, calibration and baseline
 * ```ts
 * import { explainRow, fitBaseline, fitForest, scoreForest, severityOf, tailOf } from "./mod.ts";
 * import { fitCalibration, saturationScore, sklearnDecision, sklearnScoreSamples } from "./mod.ts";
 *
 * // 200 points of a line, and one that lies off it.
 * const data = new Float32Array(402);
 * for (let row = 0; row < 200; row++) data.set([row, 2 * row], row * 2);
 * data.set([190, 900], 400);
 * const rows = { data, rowCount: 201, columnCount: 2 };
 * const forest = fitForest(rows, { treeCount: 100, subsampleSize: 128, seed: 7 });
 * const scores = scoreForest(forest, rows);
 * assertEquals(scores.indexOf(Math.max(...scores)), 200);
 * const { contributions } = explainRow(forest, data.subarray(400));
 * assert(contributions[1] > contributions[0]);
 *
 * const saturation = saturationScore(forest);
 * const calibration = fitCalibration(scores, rows, {
 *   thresholdMode: "CONTAMINATION",
 *   contamination: 0.01,
 *   saturation,
 * });
 * const { threshold } = calibration;
 * assert(tailOf(calibration, scores[200]) < 0.01);
 * assert(severityOf("smartbox", scores[200], threshold, saturation) !== null);
 * assert(sklearnDecision(threshold, scores[200]) < 0);
 * assertEquals(sklearnScoreSamples(0.5), -0.5);
 *
 * const { median, mad, mean } = fitBaseline([1, 2, 3, 4, 100]);
 * assertEquals([median, mad], [3, 1]);
 * assertAlmostEquals(mean, 22, 1e-12);
 * ```
 *
 * A forest tells why a row has its score and what would make it normal, and is kept in few bytes.
 *
 * @example Explain, keep and take over forests
 * ```ts
 * import { counterfactual, featureImportance, fitForest, scoreRow, shapRow } from "./mod.ts";
 * import { createCategoryCodes, decodeForest, encodeForest, fitCategories } from "./mod.ts";
 * import { fitGridForest, SplitKindError } from "./mod.ts";
 * import { fromMlIsolationForest, fromScikitLearn } from "./mod.ts";
 *
 * // 1,000 rows of load and temperature, which go together.
 * const data = Float32Array.from({ length: 2000 }, (_, i) => {
 *   const load = Math.floor(i / 2) * 37 % 101;
 *   return i % 2 === 0 ? load : 40 + load / 5 + i * 13 % 7;
 * });
 * const rows = { data, rowCount: 1000, columnCount: 2 };
 * const options = { treeCount: 100, subsampleSize: 256, seed: 7 };
 * const forest = fitForest(rows, options);
 * const hot = Float32Array.of(50, 95);
 * const threshold = 0.6;
 * assert(scoreRow(forest, hot) > threshold);
 *
 * // Exact Shapley values of the path length: the temperature makes it an anomaly.
 * const { base, contributions } = shapRow(forest, hot);
 * assert(base > 0 && contributions[1] > contributions[0]);
 * assertEquals(featureImportance(forest, { ...rows, data: hot, rowCount: 1 })[1], contributions[1]);
 *
 * // Normal if the temperature were lower, and how much.
 * const nearest = counterfactual(forest, hot, { threshold, maxChanges: 1 });
 * assert(nearest !== undefined && nearest.score <= threshold);
 * assertEquals(nearest.changes.map(({ feature }) => feature), [1]);
 * assert(nearest.changes[0].to < 95);
 *
 * // As bytes: exact, or with thresholds of two bytes each on a grid that is fitted with.
 * assertEquals(decodeForest(encodeForest(forest)), forest);
 * const small = fitGridForest(rows, options);
 * assertEquals(decodeForest(encodeForest(small)), small);
 * assert(encodeForest(small).length < 0.7 * encodeForest(forest).length);
 *
 * // Splits of two columns find what is odd in how columns go together (docs/oblique_splits.md).
 * const oblique = fitForest(rows, { ...options, splits: "oblique" });
 * assert(scoreRow(oblique, hot) > threshold);
 * assertEquals(decodeForest(encodeForest(oblique)), oblique);
 * await assertRejects(() => Promise.try(shapRow, oblique, hot), SplitKindError);
 *
 * // Categories become a column by how frequent they are (docs/missing_and_categories.md).
 * const { codeOf, categories } = fitCategories(["idle", "busy", "idle"]);
 * assertEquals(["idle", "busy", "never seen", null].map(codeOf), [0, 1, 2, NaN]);
 * assertEquals(createCategoryCodes(categories).codeOf("busy"), 1);
 *
 * // Forests of other libraries: JSON of scikit-learn (docs/import_scikit_learn.md), objects of
 * // ml-isolation-forest.
 * const stump = fromScikitLearn({
 *   featureCount: 1,
 *   subsampleSize: 3,
 *   trees: [{
 *     columns: [0],
 *     left: [1, -1, -1],
 *     right: [2, -1, -1],
 *     feature: [0, -2, -2],
 *     threshold: [1.5, -2, -2],
 *     size: [3, 2, 1],
 *   }],
 * });
 * assert(scoreRow(stump, Float32Array.of(2)) > scoreRow(stump, Float32Array.of(1.5)));
 * const taken = fromMlIsolationForest({
 *   nEstimators: 1,
 *   trainingSet: [[1], [2], [9]],
 *   forest: [{
 *     splitColumn: 0,
 *     splitValue: 5,
 *     left: { trainingSet: [[1], [2]] },
 *     right: { trainingSet: [[9]] },
 *   }],
 * });
 * assert(scoreRow(taken, Float32Array.of(9)) > scoreRow(taken, Float32Array.of(1)));
 * ```
 *
 * What is watched may change for good: then models should learn anew.
 *
 * @example Watch for drift
 * ```ts
 * import { fitDriftReference, judgeWindow, kolmogorovSmirnov, UTC } from "./mod.ts";
 * import { DEFAULT_DRIFT_POLICY, NO_DRIFT_MEMORY } from "./mod.ts";
 *
 * const evens = [0, 2, 4, 6, 8];
 * const { distance, pValue } = kolmogorovSmirnov(evens, [1, 3, 5, 7, 9]);
 * assertAlmostEquals(distance, 0.2, 1e-12);
 * assert(pValue > 0.99);
 *
 * // 23 days of hours, then two that lie higher.
 * const hour = 3_600_000;
 * const rows = Array.from({ length: 600 }, (_, index) => ({
 *   bucketAt: index * hour,
 *   values: [index * 37 % 101 + (index < 552 ? 0 : 40)],
 * }));
 * const options = { zone: UTC, bucketMs: hour, windowMs: 48 * hour };
 * const reference = fitDriftReference(rows.slice(0, 552), options);
 * const window = { from: 552 * hour, rows: rows.slice(552), f1: null };
 * const drift = judgeWindow(reference, DEFAULT_DRIFT_POLICY, window, NO_DRIFT_MEMORY);
 * // One window alone may be an incident: it is watched.
 * assertEquals([drift?.state, drift?.isAction], ["WATCH", false]);
 * ```
 *
 * @module
 */
export { ALGORITHMS, findAlgorithm } from "./algorithm/mod.ts";
export type {
  AlertLevels,
  Algorithm,
  AlgorithmOptions,
  Fitted,
  ParameterRule,
  Scorer,
  ScoreScale,
} from "./algorithm/mod.ts";
export { BundleError, encodeBundle, openBundle, signBundle } from "./bundle/mod.ts";
export { decodeForest, encodeForest } from "./bundle/mod.ts";
export { generateSigningKey, importSigner, importTrustedKeys } from "./bundle/mod.ts";
export type { Signer, SigningKey, TrustedKeys } from "./bundle/mod.ts";
export { fitBaseline, fitCalibration, fitModel, judge, openJudge } from "./detect/mod.ts";
export { scoreVectors, SeriesModelError } from "./detect/mod.ts";
export { severityOf, sklearnDecision, sklearnScoreSamples, tailOf } from "./detect/mod.ts";
export type {
  BaselineStats,
  Calibration,
  Contribution,
  ForestSection,
  Judge,
  Judgement,
  MethodSection,
  Model,
  ModelFitOptions,
  ModelProvenance,
  ModelSection,
  ScoreOptions,
  Setting,
  Severity,
  SeverityProfile,
  ThresholdMode,
  TimeRange,
  Verdict,
} from "./detect/mod.ts";
export { fitDriftReference, judgeWindow, kolmogorovSmirnov } from "./drift/mod.ts";
export { DEFAULT_DRIFT_POLICY, NO_DRIFT_MEMORY } from "./drift/mod.ts";
export type {
  ColumnDrift,
  DriftMemory,
  DriftPolicy,
  DriftReference,
  DriftReferenceOptions,
  DriftRow,
  DriftState,
  DriftWindow,
  ReferenceColumn,
  SampleComparison,
  WindowDrift,
} from "./drift/mod.ts";
export { createFeatureEvaluator, defaultPlan, featureNames, foldSeries } from "./features/mod.ts";
export type {
  FeatureEvaluator,
  FeaturePlan,
  FeatureSpec,
  FeatureVector,
  PlannedMetric,
  Sample,
  Transform,
} from "./features/mod.ts";
export { fitForest, fitGridForest, saturationScore, scoreForest, scoreRow } from "./forest/mod.ts";
export { counterfactual, explainRow, featureImportance, shapRow } from "./forest/mod.ts";
export { SplitKindError } from "./forest/mod.ts";
export { createCategoryCodes, fitCategories } from "./forest/mod.ts";
export { fromMlIsolationForest, fromScikitLearn } from "./forest/mod.ts";
export type {
  Attribution,
  CategoryCodes,
  Counterfactual,
  CounterfactualOptions,
  FeatureRange,
  FitOptions,
  Forest,
  Matrix,
  MlIsolationForest,
  MlTreeNode,
  ObliqueSplits,
  ScikitLearnForest,
  ScikitLearnTree,
  SplitKind,
} from "./forest/mod.ts";
export { DEFAULT_INCIDENT_POLICY } from "./incident/mod.ts";
export type {
  Anomaly,
  AnomalyKind,
  Incident,
  IncidentAction,
  IncidentChange,
  IncidentPolicy,
  IncidentState,
  PatternMetric,
} from "./incident/mod.ts";
export { createDevicePipeline } from "./pipeline/mod.ts";
export type {
  AcceptedPoint,
  Assigned,
  DeviceEffects,
  DevicePipeline,
  DevicePipelineOptions,
  DevicePoint,
} from "./pipeline/mod.ts";
export type { TelemetryPoint } from "./point.ts";
export { periodAt, SMARTBOX_CALENDAR, UTC, zoneTransitions } from "./time/mod.ts";
export type { Period, PeriodCalendar, PeriodRule, ZoneTransitions } from "./time/mod.ts";
