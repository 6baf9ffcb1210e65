import type { Kysely } from "kysely";
import type { Tables } from "../storage/tables.ts";

/** What a heavy read works with: it runs in a thread of its own and cannot write. */
export interface HeavyReadContext {
  readonly db: Kysely<Tables>;
  /** Tells the caller how far it is, 0 to 1. */
  readonly progress: (fraction: number, message?: string) => void;
}
