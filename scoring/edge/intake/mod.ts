/** Samples of any source on their way into a tenant: mapped, checked, names made, taken. */
export {
  createIntake,
  type Intake,
  type IntakeOptions,
  type IntakeResult,
  type UnknownNames,
  type WaitingPoint,
} from "./intake.ts";
export {
  Quarantine,
  QUARANTINED_SERIES_MAX,
  type QuarantinedSeries,
  type QuarantineTotals,
  type SeriesOrigin,
} from "./quarantine.ts";
export { SampleBatch, type SkipReason } from "./sample_batch.ts";
export { type FamilyMetadata, SeriesMemory } from "./series_memory.ts";
