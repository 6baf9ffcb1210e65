import { isObject } from "../wire/json.ts";
import { quoted } from "../wire/problem.ts";
import { LABEL_VALUE_BYTES_MAX, LABELS_PER_SERIES_MAX } from "../wire/limits.ts";
import { MappingError, parseRules } from "./parse_settings.ts";
import type { MappingRule } from "./rule.ts";
import { SOURCE_KINDS, type SourceSeries } from "./source_series.ts";

/** Series that one dry run shows. */
export const DRY_RUN_SERIES_MAX = 1_000;

/** What somebody wants to see the outcome of. */
export interface DryRun {
  /** Rules to try; the tenant's own where not given. */
  readonly rules: readonly MappingRule[] | undefined;
  readonly series: readonly SourceSeries[];
}

/**
 * A dry run of JSON data: `{rules?, series: [{source?, name, labels?, resource?, unit?, kind?}]}`.
 * @throws {MappingError}
 */
export function parseDryRun(value: unknown): DryRun {
  if (!isObject(value)) throw wanted("", "an object", value);
  const { rules, series } = value;
  if (!Array.isArray(series)) throw wanted("series", "an array", series);
  if (series.length > DRY_RUN_SERIES_MAX) {
    const message = `Cannot show ${series.length} series: wanted at most ${DRY_RUN_SERIES_MAX}`;
    throw new MappingError("series", message, DRY_RUN_SERIES_MAX);
  }
  return {
    rules: rules === undefined || rules === null ? undefined : parseRules(rules),
    series: series.map((each, index) => parseSeries(each, `series[${index}]`)),
  };
}

function parseSeries(value: unknown, path: string): SourceSeries {
  if (!isObject(value)) throw wanted(path, "an object", value);
  const { source = "prometheus", name, labels, resource, unit, kind } = value;
  const known = SOURCE_KINDS.find((each) => each === source);
  if (known === undefined) throw wanted(`${path}.source`, SOURCE_KINDS.join(" or "), source);
  if (typeof name !== "string") throw wanted(`${path}.name`, "text", name);
  const isKind = kind === undefined || kind === null || kind === "gauge" || kind === "counter";
  if (!isKind) throw wanted(`${path}.kind`, "gauge or counter", kind);
  return {
    source: known,
    name,
    labels: parseLabels(labels ?? {}, `${path}.labels`),
    resource: parseLabels(resource ?? {}, `${path}.resource`),
    unit: typeof unit === "string" ? unit : undefined,
    kind: kind ?? undefined,
  };
}

function parseLabels(value: unknown, path: string): Map<string, string> {
  if (!isObject(value)) throw wanted(path, "an object", value);
  const entries = Object.entries(value);
  if (entries.length > LABELS_PER_SERIES_MAX) {
    const message = `Cannot take ${entries.length} labels: wanted at most ${LABELS_PER_SERIES_MAX}`;
    throw new MappingError(path, message, LABELS_PER_SERIES_MAX);
  }
  return new Map(entries.map(([label, text]) => {
    if (typeof text === "string" && text.length <= LABEL_VALUE_BYTES_MAX) return [label, text];
    throw wanted(`${path}.${quoted(label)}`, `text of at most ${LABEL_VALUE_BYTES_MAX}`, text);
  }));
}

function wanted(path: string, what: string, found: unknown): MappingError {
  return new MappingError(path, `Cannot take ${path}: wanted ${what}, found ${quoted(found)}`);
}
