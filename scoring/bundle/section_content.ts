import { findAlgorithm, type Fitted } from "../algorithm/mod.ts";
import { isForestAlgorithm, isForestSection, type ModelSection } from "../detect/mod.ts";
import type { Forest } from "../forest/mod.ts";
import { BundleError } from "./bundle_error.ts";
import { decodeForest, encodeForest } from "./forest_section.ts";

/** What scores in a section. */
export type SectionContent = { readonly forest: Forest } | { readonly method: Fitted };

/** Decoded by now, if it was not. */
export function contentOf(section: ModelSection): SectionContent {
  return isForestSection(section) ? { forest: section.forest } : { method: section.method };
}

/** Columns of the rows that it scores. */
export function widthOf(content: SectionContent): number {
  return "forest" in content ? content.forest.featureCount : content.method.columnCount;
}

export function encodeContent(content: SectionContent): Uint8Array<ArrayBuffer> {
  return "forest" in content ? encodeForest(content.forest) : content.method.serialize();
}

/** @throws {BundleError} BUNDLE_FOREST when the bytes are no sound content of this algorithm. */
export function decodeContent(algorithm: string, bytes: Uint8Array): SectionContent {
  if (isForestAlgorithm(algorithm)) return { forest: decodeForest(bytes) };
  const known = findAlgorithm(algorithm);
  // The header is refused before when it names an algorithm that is not known here.
  if (!known) throw new BundleError("BUNDLE_HEADER", `Cannot read algorithm "${algorithm}"`);
  try {
    return { method: known.restore(bytes) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new BundleError("BUNDLE_FOREST", cause.message, { cause });
  }
}
