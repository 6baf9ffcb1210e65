import { isForestAlgorithm, type Model, type ModelSection } from "../detect/mod.ts";
import type { SectionContent } from "./section_content.ts";

const isDecoded = new WeakMap<ModelSection, () => boolean>();

/** A section whose forest or method is decoded when it is first asked for, and kept from then on. */
export function lazySection(
  { period, calibration }: Pick<ModelSection, "period" | "calibration">,
  algorithm: string,
  decode: () => SectionContent,
): ModelSection {
  // Once decoded, the bytes that `decode` holds are let go.
  let content: SectionContent | (() => SectionContent) = decode;
  function decoded(): SectionContent {
    if (typeof content === "function") content = content();
    return content;
  }
  const name = isForestAlgorithm(algorithm) ? "forest" : "method";
  const section = { period, calibration };
  Object.defineProperty(section, name, {
    enumerable: true,
    get: () => (decoded() as Record<typeof name, unknown>)[name],
  });
  isDecoded.set(section as ModelSection, () => typeof content !== "function");
  return section as ModelSection;
}

/** Periods of the sections that are in memory decoded, in the model's order. */
export function loadedPeriods(model: Model): string[] {
  return model.sections
    .filter((section) => isDecoded.get(section)?.() ?? true)
    .map(({ period }) => period);
}

/**
 * Decodes all sections now.
 *
 * @throws {BundleError} BUNDLE_FOREST when one cannot be used.
 */
export function loadSections(model: Model): void {
  for (const section of model.sections) {
    void ("forest" in section ? section.forest : section.method);
  }
}
