import type { Algorithm, Fitted } from "../../scoring/algorithm/mod.ts";
import type { TableFacts } from "./inspect.ts";
import type { JudgedScale } from "./scale.ts";
import type { Training } from "./training.ts";

/** What a file's rows are scored with. */
export interface ScoringContext {
  readonly table: TableFacts;
  readonly training: Training;
  readonly fitted: Fitted;
  readonly scale: JudgedScale;
  readonly algorithm: Algorithm;
  /** The training rows come from another file. */
  readonly isForeign: boolean;
  readonly top: number;
}
