import { createRandom, createSampler } from "../../numeric/mod.ts";

/** Numbers of at most `size` of `rowCount` rows, drawn without replacement, ascending. */
export function seededRows(rowCount: number, size: number, seed: number): Uint32Array {
  if (rowCount <= size) return Uint32Array.from({ length: rowCount }, (_, row) => row);
  const chosen = new Uint32Array(size);
  createSampler(rowCount).fill(chosen, createRandom(seed));
  return chosen.sort();
}
