import type { Model, ModelSection } from "../detect/mod.ts";
import type { Forest } from "../forest/mod.ts";

const isDecoded = new WeakMap<ModelSection, () => boolean>();

/** A section whose forest is decoded when it is first asked for, and kept from then on. */
export function lazySection(
  { period, calibration }: Omit<ModelSection, "forest">,
  decode: () => Forest,
): ModelSection {
  // Once decoded, the bytes that `decode` holds are let go.
  let forest: Forest | (() => Forest) = decode;
  const section: ModelSection = {
    period,
    calibration,
    get forest() {
      if (typeof forest === "function") forest = forest();
      return forest;
    },
  };
  isDecoded.set(section, () => typeof forest !== "function");
  return section;
}

/** Periods of the sections that are in memory as forests, in the model's order. */
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
  for (const section of model.sections) void section.forest;
}
