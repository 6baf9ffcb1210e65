import { type Algorithm, findAlgorithm, readParameters } from "../../algorithm/mod.ts";
import type { FeatureVector } from "../../features/mod.ts";
import { ANY_PERIOD } from "../../time/mod.ts";
import { fitCalibration } from "../calibration.ts";
import type { FitResult, FitTask } from "./fit_task.ts";
import { checkRows, matrixOf } from "./training_rows.ts";

/** One section of all rows: a series has no periods of its own, it follows the clock. */
export function fitMethodSection(task: FitTask): FitResult {
  const algorithm = knownAlgorithm(task.algorithm);
  const parameters = readParameters(algorithm.parameters, task.parameters);
  const isLearnt = (vector: FeatureVector) => !vector.silent && task.isLearnt(vector);
  const learnt = task.vectors.filter(isLearnt);
  checkRows(learnt);
  const { plan, seed, rule } = task;
  const width = plan.features.length;
  // A series needs to see the gaps that are not learnt, so that its clock goes on.
  const rows = algorithm.input === "series"
    ? matrixOf(task.vectors, width, isLearnt)
    : matrixOf(learnt, width);
  const method = algorithm.fit(rows, { seed, parameters, rowMs: plan.bucketMs });
  checkMemory(task.algorithm, method.lookbackRows);
  const scores = method.scoreBatch(rows).filter((score) => score === score);
  checkRows(scores);
  const { scale, alerts } = method;
  const calibration = fitCalibration(scores, rows, { ...rule, scale, alerts });
  const sections = [{ period: ANY_PERIOD, calibration, method }];
  return { sections, parameters, memoryBuckets: method.lookbackRows, learnt };
}

function knownAlgorithm(name: string): Algorithm {
  const algorithm = findAlgorithm(name);
  if (algorithm) return algorithm;
  throw new RangeError(`Cannot fit model as its algorithm is unknown: current value is "${name}"`);
}

/** A pipeline is rebuilt from stored points, which a memory without end does not allow. */
function checkMemory(name: string, lookbackRows: number): void {
  if (Number.isFinite(lookbackRows)) return;
  throw new RangeError(
    `Cannot fit model as its algorithm must have a bounded memory: current value is "${name}"`,
  );
}
