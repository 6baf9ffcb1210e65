import type { IntakeResult } from "../../intake/mod.ts";

/** How many samples were stored but not judged; senders whose answers have no body look here. */
export function lateHeader({ late }: IntakeResult): Record<string, string> {
  return { "x-treeline-samples-late": String(late) };
}

/** The same in words. */
export function lateWarning(late: number): string {
  return `${late} samples were stored but not judged, as newer ones of their devices had been`;
}
