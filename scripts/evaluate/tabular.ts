import { consensus, findAlgorithm } from "../../scoring/algorithm/mod.ts";
import { anomalyScoreOf, CONTAMINATION_DEFAULT, fitCalibration } from "../../scoring/detect/mod.ts";
import { UsageError } from "../kit/mod.ts";
import type { Scored, Subject } from "./subject.ts";
import { matrixOf } from "./table.ts";

/**
 * Records without time: a method is fitted to all rows and scores each of them.
 *
 * @throws {UsageError} when the method goes along a series.
 */
export function scoreTabular(
  { table }: Subject,
  seed: number,
  name: string = consensus.name,
): Scored {
  const rows = matrixOf(table);
  const algorithm = findAlgorithm(name);
  if (algorithm?.input !== "rows") {
    throw new UsageError(`Cannot evaluate records without time by "${name}": it needs their order`);
  }
  const fitted = algorithm.fit(rows, { seed });
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
