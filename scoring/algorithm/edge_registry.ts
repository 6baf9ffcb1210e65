import type { Algorithm } from "./algorithm.ts";
import { deviceResiduals } from "./device/mod.ts";
import { deviceWatch } from "./device_watch/mod.ts";
import { consensus } from "./ensemble/mod.ts";
import { extendedIsolationForest, isolationForest } from "./forest/mod.ts";
import { levelShift } from "./process/mod.ts";
import { seriesNovelty } from "./series/novelty/mod.ts";
import { flatline, missingData, staticLimits } from "./trend/mod.ts";

/**
 * The methods of an edge whose runtime limits its code: what detectors have by default, forests,
 * `consensus`, and rules. It stands in for `registry.ts` where such an edge is built, and a model of another
 * method is refused there by its name.
 */
export const ALGORITHMS: readonly Algorithm[] = [
  consensus,
  isolationForest,
  extendedIsolationForest,
  deviceResiduals,
  deviceWatch,
  seriesNovelty,
  levelShift,
  staticLimits,
  flatline,
  missingData,
];

/** A method by its name; `undefined` when there is none here. */
export function findAlgorithm(name: string): Algorithm | undefined {
  return ALGORITHMS.find((algorithm) => algorithm.name === name);
}
