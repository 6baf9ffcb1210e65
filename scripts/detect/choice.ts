import type { Algorithm } from "../../scoring/algorithm/mod.ts";
import { UsageError } from "../kit/mod.ts";

/** What rows are, as far as it decides which method suits them. */
export interface Nature {
  readonly hasTime: boolean;
  readonly metrics: number;
  /** Training rows come in a file of their own. */
  readonly hasTrain: boolean;
}

export interface Choice {
  readonly algorithm: Algorithm;
  /** Why it was chosen, as the rest of a sentence. */
  readonly reason: string;
}

/** Which methods suit what, the best first. */
const SUITED: Readonly<Record<string, readonly string[]>> = {
  tabular: ["consensus", "isolation_forest"],
  series: ["series_novelty"],
  device: ["device_watch"],
  machine: ["level_shift"],
};

/** The method that was named, or the one that suits the data. */
export function chooseAlgorithm(
  algorithms: readonly Algorithm[],
  name: string | undefined,
  nature: Nature,
): Choice {
  if (name !== undefined) {
    return { algorithm: byName(algorithms, name), reason: "it was asked for" };
  }
  const { use, reason } = useOf(nature);
  const best = SUITED[use].map((suited) => algorithms.find((one) => one.name === suited))
    .find((one) => one !== undefined);
  const input = use === "tabular" ? "rows" : "series";
  const algorithm = best ?? algorithms.find((one) => one.input === input);
  if (algorithm) return { algorithm, reason };
  throw new UsageError(`Cannot choose a method for ${input}: name one with --algorithm`);
}

function useOf({ hasTime, metrics, hasTrain }: Nature): { use: string; reason: string } {
  if (!hasTime) return { use: "tabular", reason: "there is no time column" };
  if (metrics === 1) return { use: "series", reason: "there is one metric over time" };
  return hasTrain
    ? { use: "device", reason: "there are several metrics over time and a file to train on" }
    : { use: "machine", reason: "there are several metrics over time and no file to train on" };
}

function byName(algorithms: readonly Algorithm[], name: string): Algorithm {
  const algorithm = algorithms.find((one) => one.name === name);
  if (algorithm) return algorithm;
  const known = algorithms.map((one) => one.name).join(", ");
  throw new UsageError(`Cannot find algorithm "${name}": known are ${known}`);
}
