import { ln } from "../numeric/mod.ts";
import type { AveragePathFormula, Forest } from "./forest.ts";

const EULER_GAMMA = 0.5772156649015329;
/** As the package `ml-isolation-forest` writes it. */
const EULER_GAMMA_OF_ML = 0.57721;

/**
 * c(n) of Liu, Ting and Zhou 2008: the mean length of an unsuccessful search in a binary search
 * tree of n keys, in edges. c(0) = c(1) = 0, c(2) = 1, c(n) = 2(ln(n − 1) + γ) − 2(n − 1)/n.
 */
export function averagePathLength(n: number, formula: AveragePathFormula = "liu2008"): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  const gammas = formula === "mlIsolationForest" ? EULER_GAMMA_OF_ML : 2 * EULER_GAMMA;
  return 2 * ln(n - 1) + gammas - 2 * (n - 1) / n;
}

/**
 * Path lengths are summed as integers of this many units to an edge, so that every order of
 * addition gives the same bits. 2¹³ keep scores within 10⁻⁶ at ψ = 256 with few counters in the
 * batch kernels; forests taken over carry 2²⁰, which keeps them within 10⁻⁶ at any ψ.
 */
export function unitsPerEdge(forest: Forest): number {
  return (forest.averagePath ?? "liu2008") === "liu2008" ? 8192 : 1_048_576;
}

/** c(n) for n = 0 … ψ in units, rounded to the nearest. */
export function averagePathUnits(forest: Forest): (n: number) => number {
  const units = unitsPerEdge(forest);
  const known = new Int32Array(forest.subsampleSize + 1).fill(-1);
  return (n) => {
    if (known[n] < 0) {
      known[n] = Math.floor(averagePathLength(n, forest.averagePath) * units + 0.5);
    }
    return known[n];
  };
}
