import type { Awaitable } from "../async/awaitable.ts";
import { type Model, sectionFor } from "../../detect/mod.ts";
import type { JudgedBucket } from "../../pipeline/mod.ts";
import type { CurrentScore, CurrentScores, ExpectedBand } from "../http/mod.ts";
import type { Ingest } from "../ingest/mod.ts";
import type { SqliteStore } from "./store/mod.ts";

/** Detectors on devices whose scores are told: a monitor keeps a series for each. */
const SCORES_MAX = 200;

/** Median absolute deviations of a normal distribution in its standard deviation. */
const DEVIATIONS_PER_SIGMA = 1.4826;

/** A metric's expected band reaches this many standard deviations to either side. */
const BAND_SIGMAS = 3;

/** Transforms that are in the metric's own unit, the plainest first. */
const LEVELS: readonly string[] = ["value", "rollingMean"];

/**
 * Tells the newest verdict of each detector on each device, normal ones too, since the edge's start.
 * Of a device that memory had no room for it is the one that was told last.
 */
export function createScoreBoard(
  store: Pick<SqliteStore, "listDevices">,
  ingest: Pick<Ingest, "judged">,
  openModel: (modelId: string) => Awaitable<Model>,
): () => Promise<CurrentScores> {
  let remembered = new Map<string, CurrentScore>();
  return async () => {
    const watched = store.listDevices().flatMap((device) =>
      device.assignments.map((assignment) => ({ device, assignment }))
    );
    const next = new Map<string, CurrentScore>();
    for (const { device, assignment: { detectorId, detector, modelId } } of watched) {
      if (next.size === SCORES_MAX) break;
      const key = JSON.stringify([device.deviceId, detectorId, modelId]);
      const judged = ingest.judged(device.name).find((one) =>
        one.detectorId === detectorId && one.modelId === modelId
      );
      const score = judged === undefined
        ? remembered.get(key)
        : scoreOf(device.name, detector, judged, await openModel(modelId));
      if (score !== undefined) next.set(key, score);
    }
    remembered = next;
    const leftOut = next.size === SCORES_MAX ? watched.length - SCORES_MAX : 0;
    return { scores: [...next.values()], leftOut };
  };
}

function scoreOf(
  device: string,
  detector: string,
  { at, score, threshold, period }: JudgedBucket,
  model: Model,
): CurrentScore {
  return { device, detector, at, score, threshold, bands: bandsOf(model, period) };
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
