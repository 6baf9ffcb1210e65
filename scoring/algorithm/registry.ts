import type { Algorithm } from "./algorithm.ts";
import {
  abod,
  autoencoder,
  ecod,
  hbos,
  mad,
  mahalanobis,
  oneClassSvm,
  pca,
  zScore,
} from "./classical/mod.ts";
import { robustCovariance } from "./covariance/mod.ts";
import { deviceResiduals } from "./device/mod.ts";
import { deviceWatch } from "./device_watch/mod.ts";
import { consensus, featureBagging, trio } from "./ensemble/mod.ts";
import { extendedIsolationForest, isolationForest } from "./forest/mod.ts";
import { kNearestNeighbours, localOutlierFactor } from "./neighbours/mod.ts";
import { levelShift } from "./process/mod.ts";
import { seriesNovelty } from "./series/novelty/mod.ts";
import { halfSpaceTrees, randomCutForest } from "./streams/mod.ts";
import {
  ewma,
  flatline,
  fourierTrend,
  missingData,
  ridgeVar,
  staticLimits,
  stl,
} from "./trend/mod.ts";

/** Every method of detection, in the order in which users are told of them. */
export const ALGORITHMS: readonly Algorithm[] = [
  consensus,
  isolationForest,
  extendedIsolationForest,
  kNearestNeighbours,
  localOutlierFactor,
  featureBagging,
  robustCovariance,
  trio,
  zScore,
  mad,
  hbos,
  ecod,
  pca,
  mahalanobis,
  oneClassSvm,
  abod,
  autoencoder,
  deviceWatch,
  deviceResiduals,
  seriesNovelty,
  levelShift,
  halfSpaceTrees,
  randomCutForest,
  ewma,
  stl,
  fourierTrend,
  ridgeVar,
  staticLimits,
  flatline,
  missingData,
];

const BY_NAME: ReadonlyMap<string, Algorithm> = new Map(
  ALGORITHMS.map((algorithm) => [algorithm.name, algorithm]),
);

/** A method by its name; `undefined` when there is none. */
export function findAlgorithm(name: string): Algorithm | undefined {
  return BY_NAME.get(name);
}
