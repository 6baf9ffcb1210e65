import type { EdgeLimits } from "../../limits.ts";
import { Problem } from "../problem.ts";
import type { BudgetShare } from "./work_budget.ts";

/** What one body may be and take. */
export interface BodyLimits extends Pick<EdgeLimits, "bodyBytesMax" | "bodyMsMax"> {
  /** Of all bodies at once. Buffers are given back at its end, so that nothing of a body may outlive it. */
  readonly share: BudgetShare;
}

/** The refusal of a body, as sent or decompressed. */
export function tooLarge(limit: number): Problem {
  return new Problem("BODY_TOO_LARGE", `Cannot take a body of more than ${limit} bytes`, { limit });
}
