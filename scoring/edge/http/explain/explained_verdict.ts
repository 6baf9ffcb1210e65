import {
  isForestSection,
  type Model,
  nearestNormalRow,
  type NormalRow,
  sectionFor,
  shapleyContributions,
  type Verdict,
} from "../../../detect/mod.ts";
import { SplitKindError } from "../../../forest/mod.ts";
import type { EdgeLimits } from "../../limits.ts";
import { pause } from "../../async/pause.ts";
import { Problem, type ScoreHead } from "../../wire/mod.ts";

/** Rows told by Shapley values before others may run: some milliseconds. */
const SHAPLEY_ROWS_PER_SLICE = 8;

/** A verdict with what was asked for beside it. */
export type ExplainedVerdict = Verdict & {
  /** What would make a flagged row normal, where asked for; null where nothing was found. */
  readonly counterfactual?: NormalRow | null;
};

/**
 * The verdicts with Shapley values and counterfactuals, where the request asks for them.
 *
 * @param valuesOf The feature vector of the verdict at this index.
 * @throws {Problem} `EXPLANATION_UNSUPPORTED` for Shapley values of oblique splits.
 */
export async function explained(
  model: Model,
  head: ScoreHead,
  verdicts: readonly Verdict[],
  valuesOf: (index: number) => Float32Array,
): Promise<readonly ExplainedVerdict[]> {
  if (!isSlow(head)) return verdicts;
  const isShapley = head.explain === "shapley";
  const told: ExplainedVerdict[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    const isSearched = head.counterfactual && verdict.isAnomaly;
    if (isSearched || (isShapley && index % SHAPLEY_ROWS_PER_SLICE === 0)) await pause();
    const values = valuesOf(index);
    told.push({
      ...verdict,
      ...(isShapley ? { contributions: shapleyOf(model, verdict, values) } : {}),
      ...(isSearched ? { counterfactual: normalRowOf(model, verdict, values) } : {}),
    });
  }
  return told;
}

/** Whether Shapley values or counterfactuals are asked for, between which others must run. */
export function isSlow({ explain, counterfactual }: ScoreHead): boolean {
  return explain === "shapley" || counterfactual;
}

/** @throws {Problem} `EXPLANATION_UNSUPPORTED` when a model that is no forest is asked for more than its parts. */
export function checkExplains(
  { sections, provenance }: Model,
  head: ScoreHead,
): void {
  if (!isSlow(head) || isForestSection(sections[0])) return;
  const [field, what] = head.counterfactual
    ? ["counterfactual", "counterfactuals"]
    : ["explain", "Shapley values"];
  const message =
    `Cannot find ${what} of "${provenance.algorithm}": wanted a model that is an isolation forest`;
  throw new Problem("EXPLANATION_UNSUPPORTED", message, { field });
}

/** @throws {Problem} When more rows are to be explained than one request may ask for. */
export function checkExplainedRows(
  rowCount: number,
  head: ScoreHead,
  { shapleyRowsPerRequestMax, counterfactualRowsPerRequestMax }: EdgeLimits,
  field: "vectors" | "points",
): void {
  const [limit, what] = head.counterfactual
    ? [counterfactualRowsPerRequestMax, "counterfactuals"]
    : [shapleyRowsPerRequestMax, "Shapley values"];
  if (!isSlow(head) || rowCount <= limit) return;
  const code = field === "vectors" ? "VECTORS_TOO_MANY" : "POINTS_TOO_MANY";
  const message =
    `Cannot find ${what} of more than ${limit} rows in one request: found ${rowCount}`;
  throw new Problem(code, message, { field, limit });
}

function shapleyOf(model: Model, { modelPeriod }: Verdict, values: Float32Array) {
  const section = sectionFor(model, modelPeriod);
  if (!isForestSection(section)) return [];
  try {
    return shapleyContributions(model.plan, section, values);
  } catch (error) {
    if (!(error instanceof SplitKindError)) throw error;
    throw new Problem("EXPLANATION_UNSUPPORTED", error.message, { field: "explain" });
  }
}

function normalRowOf(
  model: Model,
  { modelPeriod, threshold }: Verdict,
  values: Float32Array,
): NormalRow | null {
  const section = sectionFor(model, modelPeriod);
  if (!isForestSection(section)) return null;
  return nearestNormalRow(model.plan, section, values, threshold) ?? null;
}
