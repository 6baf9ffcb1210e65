import type { Intake, IntakeResult } from "../../intake/mod.ts";
import type { BodyLimits } from "../../wire/mod.ts";

/** What a route of senders has to do with: the caller's intake, and who counts what became of samples. */
export interface SenderParts {
  readonly intake: Intake;
  readonly bodyLimits: BodyLimits;
  readonly onTaken: (result: IntakeResult) => void;
}
