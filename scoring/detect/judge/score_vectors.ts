import { scoreForest, scoreRow } from "../../forest/mod.ts";
import type { Matrix } from "../../forest/mod.ts";
import { ANY_PERIOD } from "../../time/mod.ts";
import type { Period } from "../../time/mod.ts";
import { anomalyScoreOf } from "../calibration.ts";
import { type ForestSection, isForestSection, type MethodSection, type Model } from "../model.ts";
import { type JudgeSetting, sectionFor, thresholdFor } from "./sections.ts";
import { type Judged, methodContributions, pathContributions, tell } from "./tell.ts";
import type { Verdict } from "./verdict.ts";

/** For models that are asked without a setting, as the stateless route may. */
export const DEFAULT_JUDGE_SETTING: JudgeSetting = {
  version: 0,
  severityProfile: "smartbox",
  thresholds: {},
};

export interface ScoreOptions {
  /** Tell the contributions of every row, not only of flagged ones. */
  readonly explain?: boolean;
  /** Judge by this period's section; default `any`. */
  readonly period?: Period;
  readonly setting?: JudgeSetting;
}

/** A method that remembers was asked for the score of rows without what came before them. */
export class SeriesModelError extends Error {
  override readonly name = "SeriesModelError";
  constructor(
    /** Name of the model's algorithm. */
    readonly algorithm: string,
  ) {
    super(`Cannot score rows one by one as "${algorithm}" needs the points before them`);
  }
}

/**
 * One verdict for each row, without any state: rows are feature vectors in the order of the model's
 * plan, finite.
 *
 * @throws {RangeError} when the rows have another width than the plan.
 * @throws {SeriesModelError} when the model needs to see rows in order of time.
 */
export function scoreVectors(
  model: Model,
  modelId: string,
  rows: Matrix,
  options: ScoreOptions = {},
): Verdict[] {
  const { period = ANY_PERIOD, setting = DEFAULT_JUDGE_SETTING } = options;
  checkWidth(model, rows);
  const section = sectionFor(model, period);
  const judged = { model, modelId, setting, section, period };
  return isForestSection(section)
    ? scoreByForest(judged, section, rows, options)
    : scoreByMethod(judged, section, rows, options);
}

function scoreByForest(
  judged: Judged,
  section: ForestSection,
  rows: Matrix,
  { explain = false }: ScoreOptions,
): Verdict[] {
  const threshold = thresholdFor(section, judged.setting);
  const { forest } = section;
  // A batch pays off from the second row on.
  const scores = rows.rowCount === 1 ? [scoreRow(forest, rows.data)] : scoreForest(forest, rows);
  const verdicts: Verdict[] = [];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row];
    const contributions = () => pathContributions(judged.model.plan, section, rowOf(rows, row));
    verdicts.push(tell(judged, { score, ownScore: score, threshold, contributions }, explain));
  }
  return verdicts;
}

function scoreByMethod(
  judged: Judged,
  { method, calibration, ...section }: MethodSection,
  rows: Matrix,
  { explain = false }: ScoreOptions,
): Verdict[] {
  const { plan, provenance } = judged.model;
  if (method.lookbackRows > 0) throw new SeriesModelError(provenance.algorithm);
  const threshold = thresholdFor({ method, calibration, ...section }, judged.setting);
  const scorer = method.open();
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const values = rowOf(rows, row);
    const ownScore = scorer.push(values);
    const score = anomalyScoreOf(calibration, ownScore, method.scale);
    const contributions = () =>
      methodContributions(plan, calibration, values, scorer.explain(), scorer.expected?.());
    return tell(judged, { score, ownScore, threshold, contributions }, explain);
  });
}

function checkWidth({ plan }: Model, { columnCount }: Matrix): void {
  if (columnCount === plan.features.length) return;
  throw new RangeError(
    `Cannot score rows as they must have ${plan.features.length} values: found ${columnCount}`,
  );
}

function rowOf({ data, columnCount }: Matrix, row: number): Float32Array {
  return data.subarray(row * columnCount, (row + 1) * columnCount);
}
