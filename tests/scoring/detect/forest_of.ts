import { assert } from "@std/assert";
import { isForestSection, type ModelSection } from "../../../scoring/detect/mod.ts";
import type { Forest } from "../../../scoring/forest/mod.ts";

/** The forest of a section that has one. */
export function forestOf(section: ModelSection): Forest {
  assert(isForestSection(section));
  return section.forest;
}
