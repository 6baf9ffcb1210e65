import { fitCalibration } from "../../scoring/detect/mod.ts";
import {
  CONTAMINATION_DEFAULT,
  SUBSAMPLE_SIZE_DEFAULT,
  TREE_COUNT_DEFAULT,
} from "../../scoring/detect/mod.ts";
import { fitForest, saturationScore, scoreForest } from "../../scoring/forest/mod.ts";
import type { Scored, Subject } from "./subject.ts";
import { matrixOf } from "./table.ts";

/** Records without time: a forest of all rows scores each of them; alerts by the automatic threshold. */
export function scoreTabular({ table }: Subject, seed: number): Scored {
  const rows = matrixOf(table);
  const forest = fitForest(rows, {
    treeCount: TREE_COUNT_DEFAULT,
    subsampleSize: SUBSAMPLE_SIZE_DEFAULT,
    seed,
  });
  const scores = scoreForest(forest, rows);
  const { threshold } = fitCalibration(scores, rows, {
    thresholdMode: "AUTO",
    contamination: CONTAMINATION_DEFAULT,
    saturation: saturationScore(forest),
  });
  return { scores, alerts: Uint8Array.from(scores, (score) => score > threshold ? 1 : 0) };
}
