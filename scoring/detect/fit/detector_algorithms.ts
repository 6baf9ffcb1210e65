import { ALGORITHMS, findAlgorithm, type ParameterRule } from "../../algorithm/mod.ts";
import { describeForest, FOREST_ALGORITHMS, isForestAlgorithm } from "./fit_forest.ts";

/** What a user must know to choose an algorithm for a detector. */
export interface DetectorAlgorithm {
  readonly name: string;
  /** The paper or book that it is from. */
  readonly source: string;
  /** True when it judges points in order of time, false when it judges each row by itself. */
  readonly hasMemory: boolean;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
}

/**
 * Names of the algorithms that a detector may have: all but stream learners, since a device's state
 * is made anew from its last points.
 */
export function detectorAlgorithms(): readonly string[] {
  const others = ALGORITHMS.filter(({ name, isLearner }) => !isLearner && !isForestAlgorithm(name));
  return [...FOREST_ALGORITHMS, ...others.map(({ name }) => name)];
}

/** @throws {RangeError} when no detector may have it. */
export function detectorAlgorithm(name: string): DetectorAlgorithm {
  if (isForestAlgorithm(name)) return { name, hasMemory: false, ...describeForest(name) };
  const algorithm = findAlgorithm(name);
  if (!algorithm || algorithm.isLearner) {
    throw new RangeError(`Cannot find algorithm as no detector has it: current value is "${name}"`);
  }
  const { source, input, parameters } = algorithm;
  return { name, source, hasMemory: input === "series", parameters };
}
