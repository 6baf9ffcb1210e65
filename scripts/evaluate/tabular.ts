import { consensus } from "../../scoring/algorithm/ensemble/mod.ts";
import { anomalyScoreOf, CONTAMINATION_DEFAULT, fitCalibration } from "../../scoring/detect/mod.ts";
import type { Scored, Subject } from "./subject.ts";
import { matrixOf } from "./table.ts";

/** Records without time: the default method is fitted to all rows and scores each of them. */
export function scoreTabular({ table }: Subject, seed: number): Scored {
  const rows = matrixOf(table);
  const fitted = consensus.fit(rows, { seed });
  const { scale, alerts } = fitted;
  const own = fitted.scoreBatch(rows);
  const calibration = fitCalibration(own, rows, {
    thresholdMode: "AUTO",
    contamination: CONTAMINATION_DEFAULT,
    scale,
    alerts,
  });
  const scores = own.map((score) => anomalyScoreOf(calibration, score, scale));
  const { threshold } = calibration;
  return { scores, alerts: Uint8Array.from(scores, (score) => score > threshold ? 1 : 0) };
}
