/** From the names of any source to device and metric, by rules that are data. */
export { DEVICE_LABELS } from "./default_names.ts";
export {
  createMapping,
  type DroppedSeries,
  type MappedSeries,
  type Mapping,
  type SeriesOutcome,
  type UnnamedSeries,
} from "./mapping.ts";
export { DRY_RUN_SERIES_MAX, type DryRun, parseDryRun } from "./parse_dry_run.ts";
export { MappingError, parseMapping, parseRules, parseSignedMapping } from "./parse_settings.ts";
export * from "./rule.ts";
export * from "./source_series.ts";
