import { judge, type Model, sectionFor } from "../../detect/mod.ts";
import { foldSeries, lookbackStart, type Sample } from "../../features/mod.ts";
import type { CurrentScore, CurrentScores, ExpectedBand } from "../http/mod.ts";
import { pause } from "../pause.ts";
import type { KeptAssignment, KeptDevice, SqliteStore } from "./store/mod.ts";

/** Detectors on devices whose scores are told: a monitor keeps a series for each. */
const SCORES_MAX = 200;

/** Median absolute deviations of a normal distribution in its standard deviation. */
const DEVIATIONS_PER_SIGMA = 1.4826;

/** A metric's expected band reaches this many standard deviations to either side. */
const BAND_SIGMAS = 3;

/** Transforms that are in the metric's own unit, the plainest first. */
const LEVELS: readonly string[] = ["value", "rollingMean"];

interface Remembered {
  readonly watermark: number;
  readonly score: CurrentScore | undefined;
}

/**
 * Tells the newest verdict of each detector on each device, normal ones too. They are no part of a
 * device's way from points to incidents, so they are made from its stored points when somebody asks,
 * and kept until its watermark moves.
 */
export function createScoreBoard(
  store: SqliteStore,
  openModel: (modelId: string) => Promise<Model>,
): () => Promise<CurrentScores> {
  let remembered = new Map<string, Remembered>();
  return async () => {
    const watched = store.listDevices().flatMap((device) =>
      device.assignments.map((assignment) => ({ device, assignment }))
    );
    const known = remembered;
    const next = new Map<string, Remembered>();
    for (const { device, assignment } of watched.slice(0, SCORES_MAX)) {
      const { modelId, setting } = assignment;
      const key = JSON.stringify([device.deviceId, modelId, setting.version]);
      const watermark = store.watermarkOf(device.deviceId);
      if (watermark === undefined) continue;
      const before = known.get(key);
      if (before?.watermark === watermark) next.set(key, before);
      else {
        const score = await scoreNow(store, openModel, device, assignment, watermark);
        next.set(key, { watermark, score });
        await pause();
      }
    }
    remembered = next;
    const scores = [...next.values()].flatMap(({ score }) => score ?? []);
    return { scores, leftOut: Math.max(0, watched.length - SCORES_MAX) };
  };
}

/** `undefined` while there is too little history. */
async function scoreNow(
  store: SqliteStore,
  openModel: (modelId: string) => Promise<Model>,
  device: KeptDevice,
  { modelId, setting, detector }: KeptAssignment,
  watermark: number,
): Promise<CurrentScore | undefined> {
  const model = await openModel(modelId);
  const { plan } = model;
  const closed = Math.floor(watermark / plan.bucketMs) * plan.bucketMs;
  const names = plan.metrics.map(({ name }) => name);
  const from = lookbackStart(plan, watermark);
  const points = await store.listPoints(device.deviceId, names, from);
  const samples = points.filter(({ at }) => at < closed)
    .map(({ metric, at, value }): Sample => ({ metric: names.indexOf(metric), at, value }));
  const vector = foldSeries(plan, setting.zone, samples).findLast(({ complete }) => complete);
  if (vector === undefined) return undefined;
  const verdict = judge(model, modelId, setting, vector);
  if (verdict === undefined) return undefined;
  const { score, threshold, period } = verdict;
  const bands = bandsOf(model, period);
  return { device: device.name, detector, at: vector.bucketAt, score, threshold, bands };
}

/** Of each metric whose level is among the features. */
function bandsOf(model: Model, period: string): ExpectedBand[] {
  const { medians, deviations } = sectionFor(model, period).calibration;
  return model.plan.metrics.flatMap(({ name }) => {
    const column = LEVELS.map((level) =>
      model.plan.features.findIndex(({ metric, transform }) =>
        metric === name && transform === level
      )
    ).find((found) => found >= 0);
    if (column === undefined) return [];
    const reach = BAND_SIGMAS * DEVIATIONS_PER_SIGMA * deviations[column];
    return [{ metric: name, low: medians[column] - reach, high: medians[column] + reach }];
  });
}
