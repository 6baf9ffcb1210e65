import {
  type BundledModel,
  BundleError,
  decodeBundle,
  encodeBundle,
} from "../../../scoring/bundle/mod.ts";
import { encodeForest } from "../../../scoring/bundle/forest_section.ts";
import { fitForest, fitGridForest, scoreForest } from "../../../scoring/forest/mod.ts";
import { createRandom, type Random } from "../../../scoring/numeric/mod.ts";
import { bellRows } from "../forest/rows.ts";
import { bundleOf, partsOfSmallBundle, rehashed } from "./forge.ts";
import { smallModel } from "./small_model.ts";
import { isForestSection } from "../../../scoring/detect/mod.ts";

/** A decoder that takes longer hangs. */
export const MUTANT_MS_MAX = 50;

/** What a decoder did with a bundle that was changed at random. */
export interface Mutant {
  readonly verdict: "refused" | "scored" | "failed";
  /** Why it failed: it must be refused by a `BundleError` or give scores in (0, 1], and in time. */
  readonly reason?: string;
  readonly ms: number;
}

type Source = (random: Random) => Uint8Array;

/** Makes mutants; the same seed and round give the same one. */
export function createMutants(seed: number): (round: number) => Mutant {
  const sources = mutantSources();
  const rows = new Map([1, 2, 3, 4].map((columns) => [columns, bellRows(8, columns, 3)]));
  const tried = (bytes: Uint8Array): Mutant => {
    const begin = performance.now();
    let model: BundledModel;
    try {
      model = decodeBundle(bytes);
    } catch (error) {
      const ms = performance.now() - begin;
      if (error instanceof BundleError) return { verdict: "refused", ms };
      return { verdict: "failed", reason: String(error), ms };
    }
    for (const { forest } of model.sections.filter(isForestSection)) {
      const own = rows.get(forest.featureCount) ?? bellRows(8, forest.featureCount, 3);
      const scores = scoreForest(forest, own);
      if (!scores.every((score) => score > 0 && score <= 1)) {
        const reason = `scores ${scores.join(", ")}`;
        return { verdict: "failed", reason, ms: performance.now() - begin };
      }
    }
    return { verdict: "scored", ms: performance.now() - begin };
  };
  return (round) => {
    const random = createRandom(seed * 4_294_967_296 + round);
    const bytes = sources[round % sources.length](random);
    let mutant = tried(bytes);
    // The machine may have done something else: a true hang hangs again.
    for (let again = 0; again < 3 && mutant.ms > MUTANT_MS_MAX; again++) mutant = tried(bytes);
    if (mutant.ms <= MUTANT_MS_MAX) return mutant;
    return { ...mutant, verdict: "failed", reason: `took ${mutant.ms} ms` };
  };
}

/**
 * Whole bundles, and bundles whose changed part has a hash that fits, so that what is behind the
 * hashes is reached: forests with exact thresholds, on a grid, with empty leaves, with oblique
 * splits and with planes that are coded, and headers.
 */
function mutantSources(): Source[] {
  const { unsigned } = encodeBundle(smallModel());
  const options = { treeCount: 3, subsampleSize: 16, seed: 1 };
  const rows = bellRows(100, 2, 1);
  const forests = [
    fitForest(rows, options),
    fitGridForest(rows, options),
    { ...fitForest(rows, options), averagePath: "mlIsolationForest" as const },
    fitForest(bellRows(100, 2, 2), { ...options, heightLimit: 20, treeCount: 1 }),
    fitForest(rows, { ...options, splits: "oblique" }),
    fitForest(rows, { ...options, treeCount: 12 }),
    fitGridForest(rows, { ...options, treeCount: 12 }),
  ];
  const sections = forests.map((forest) => encodeForest(forest));
  const small = partsOfSmallBundle();
  const headerText = new TextEncoder().encode(JSON.stringify(small.header));
  const decoder = new TextDecoder();
  return [
    (random) => mutated(unsigned, random),
    ...sections.map((section) => (random: Random) => {
      const header = structuredClone(small.header);
      return rehashed({
        header,
        sections: [mutated(section, random), ...small.sections.slice(1)],
      });
    }),
    (random) => bundleOf(decoder.decode(mutated(headerText, random)), small.sections),
  ];
}

/** One to four bytes changed, bytes cut out, put in, or moved. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length);
  const length = Math.min(1 + random.below(16), bytes.length - at);
  switch (random.below(5)) {
    case 0:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    case 1:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...Array.from({ length }, () => random.below(256)),
        ...bytes.subarray(at),
      ]);
    case 2: {
      const copy = new Uint8Array(bytes);
      copy.copyWithin(random.below(bytes.length), at, at + length);
      return copy;
    }
    default: {
      const copy = new Uint8Array(bytes);
      for (let i = 0; i <= random.below(4); i++) {
        copy[random.below(bytes.length)] = random.below(256);
      }
      return copy;
    }
  }
}
