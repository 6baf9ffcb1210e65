import {
  AXIS_FOREST,
  extendedIsolationForest,
  growAxisForest,
  growObliqueForest,
  isolationForest,
  OBLIQUE_FOREST,
} from "../../algorithm/forest/mod.ts";
import { type Algorithm, type ParameterRule, readParameters } from "../../algorithm/mod.ts";
import type { Parameters } from "../../algorithm/parameters.ts";
import type { FeatureVector } from "../../features/mod.ts";
import { saturationScore, scoreForest } from "../../forest/mod.ts";
import type { Forest, Matrix } from "../../forest/mod.ts";
import { ANY_PERIOD, periodAt } from "../../time/mod.ts";
import type { Period } from "../../time/mod.ts";
import { fitCalibration } from "../calibration.ts";
import type { FitResult, FitTask } from "./fit_task.ts";
import { type ForestSection, PERIOD_ROWS_MIN } from "../model.ts";
import { checkRows, matrixOf } from "./training_rows.ts";

interface ForestKind {
  /** The paper that it is from. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /** @param parameters All of them, checked. */
  fit(rows: Matrix, parameters: Readonly<Record<string, number>>, seed: number): Forest;
}

/**
 * The algorithms whose models have a forest a period, which the kernels score. They take what the
 * registry's methods of the same name take, but for `density`: kernels score by path lengths alone.
 */
const KINDS: Readonly<Record<string, ForestKind>> = {
  isolation_forest: forestKind(isolationForest, AXIS_FOREST, growAxisForest),
  extended_isolation_forest: forestKind(
    extendedIsolationForest,
    OBLIQUE_FOREST,
    growObliqueForest,
  ),
};

function forestKind<Rules extends ForestKind["parameters"]>(
  { source }: Algorithm,
  rules: Rules,
  grow: (rows: Matrix, parameters: Parameters<Rules>, seed: number) => Forest,
): ForestKind {
  return {
    source,
    parameters: rules,
    fit: (rows, parameters, seed) => grow(rows, parameters as Parameters<Rules>, seed),
  };
}

/** Names of the algorithms whose models are forests, a section a period. */
export const FOREST_ALGORITHMS: readonly string[] = Object.keys(KINDS);

export function isForestAlgorithm(name: string): boolean {
  return Object.hasOwn(KINDS, name);
}

/** Where a forest is from, and what its parameters may be. */
export function describeForest(name: string): Pick<ForestKind, "source" | "parameters"> {
  return KINDS[name];
}

/** A forest of all complete rows, and one more of each period that has enough of them. */
export function fitForestSections(task: FitTask): FitResult {
  const kind = KINDS[task.algorithm];
  const parameters = readParameters(kind.parameters, task.parameters);
  const learnt = task.vectors.filter((vector) => vector.complete && task.isLearnt(vector));
  checkRows(learnt);
  const sections = [...byPeriod(learnt, task)].map(([period, vectors], index) => {
    // Sections of one model draw different samples, so that their errors do not agree.
    const seed = (task.seed + Math.imul(index, 0x9e3779b9)) >>> 0;
    const rows = matrixOf(vectors, task.plan.features.length);
    return sectionOf(period, kind.fit(rows, parameters, seed), rows, task);
  });
  return { sections, parameters, memoryBuckets: 0, learnt };
}

/** All vectors as `any`, then each period that has enough of them, in order of their names. */
function byPeriod(
  vectors: readonly FeatureVector[],
  { calendar, zone }: FitTask,
): Map<Period, readonly FeatureVector[]> {
  const periods = new Map<Period, FeatureVector[]>();
  for (const vector of vectors) {
    const period = periodAt(calendar, zone, vector.bucketAt);
    const own = periods.get(period);
    if (own) own.push(vector);
    else periods.set(period, [vector]);
  }
  const large = [...periods].filter(([, own]) => own.length >= PERIOD_ROWS_MIN)
    .sort(([left], [right]) => left < right ? -1 : 1);
  return new Map([[ANY_PERIOD, vectors], ...large]);
}

function sectionOf(period: Period, forest: Forest, rows: Matrix, { rule }: FitTask): ForestSection {
  const saturation = saturationScore(forest);
  const calibration = fitCalibration(scoreForest(forest, rows), rows, { ...rule, saturation });
  return { period, calibration, forest };
}
