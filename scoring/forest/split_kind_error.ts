import type { Forest } from "./forest.ts";

/** What is asked of a forest is only defined where each split compares one column. */
export class SplitKindError extends Error {
  override readonly name = "SplitKindError";
  constructor(
    /** What cannot be done. */
    readonly action: string,
  ) {
    super(`Cannot ${action} as the forest's splits must be of one column each: they are oblique`);
  }
}

/** @throws {SplitKindError} When the forest's splits are oblique. */
export function checkAxisSplits(forest: Forest, action: string): void {
  if (forest.oblique) throw new SplitKindError(action);
}
