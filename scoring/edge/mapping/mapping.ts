import { normalisedName } from "../wire/names.ts";
import { quoted } from "../wire/problem.ts";
import { defaultDevice, defaultKind, defaultMetric, DEVICE_LABELS } from "./default_names.ts";
import { fillTemplate, fitsGlob, parseTemplate, type Template } from "./pattern.ts";
import type { MappingRule, RuleMatch } from "./rule.ts";
import { labelOf, type MetricKind, type SourceSeries } from "./source_series.ts";

/** A series as it is kept. */
export interface MappedSeries {
  readonly outcome: "mapped";
  /** Index of the rule that decided; null where none matched. */
  readonly rule: number | null;
  readonly device: string;
  readonly metric: string;
  /** Empty where nobody states one. */
  readonly unit: string;
  readonly kind: MetricKind;
}

/** A series that a rule keeps out. */
export interface DroppedSeries {
  readonly outcome: "dropped";
  readonly rule: number;
}

/** A series that cannot be named. */
export interface UnnamedSeries {
  readonly outcome: "unnamed";
  readonly rule: number | null;
  readonly field: "device" | "metric";
  readonly message: string;
}

export type SeriesOutcome = MappedSeries | DroppedSeries | UnnamedSeries;

/** Turns series as sources name them into device and metric. */
export interface Mapping {
  map(series: SourceSeries): SeriesOutcome;
}

/** @param rules As `parseRules` gives them. */
export function createMapping(rules: readonly MappingRule[]): Mapping {
  const compiled = rules.map(compile);
  return {
    map(series) {
      for (let rule = 0; rule < compiled.length; rule++) {
        const outcome = applied(compiled[rule], rule, series);
        if (outcome !== undefined) return outcome;
      }
      return named(series, null, {});
    },
  };
}

interface CompiledRule {
  readonly rule: MappingRule;
  readonly device: Template | undefined;
  readonly metric: Template | undefined;
}

function compile(rule: MappingRule): CompiledRule {
  return {
    rule,
    device: rule.device === undefined ? undefined : parseTemplate(rule.device),
    metric: rule.metric === undefined ? undefined : parseTemplate(rule.metric),
  };
}

function applied(
  { rule, device, metric }: CompiledRule,
  index: number,
  series: SourceSeries,
): SeriesOutcome | undefined {
  if (rule.match !== undefined && !matches(rule.match, series)) return undefined;
  const names = {
    device: device && fillTemplate(device, series),
    metric: metric && fillTemplate(metric, series),
  };
  const lacksLabel = (device !== undefined && names.device === undefined) ||
    (metric !== undefined && names.metric === undefined);
  if (lacksLabel) return undefined;
  if (rule.drop === true) return { outcome: "dropped", rule: index };
  return named(series, index, { ...rule, ...names });
}

function matches({ source, name, labels }: RuleMatch, series: SourceSeries): boolean {
  if (source !== undefined && source !== series.source) return false;
  if (name !== undefined && !fitsGlob(name, series.name)) return false;
  return Object.entries(labels ?? {})
    .every(([label, glob]) => fitsGlob(glob, labelOf(series, label) ?? ""));
}

type Decided = Pick<MappingRule, "device" | "metric" | "without" | "unit" | "kind">;

/** What a rule has decided, and for the rest what holds without rules. */
function named(series: SourceSeries, rule: number | null, decided: Decided): SeriesOutcome {
  const found = decided.device === undefined ? defaultDevice(series) : undefined;
  const device = normalisedName(decided.device ?? found?.name ?? "");
  if (device === undefined) return unnamed(rule, "device", deviceMessage(series, found?.name));
  const without = new Set(decided.without);
  if (found !== undefined) without.add(found.label);
  const metric = normalisedName(decided.metric ?? defaultMetric(series, without));
  if (metric === undefined) {
    const message = `Cannot make a metric's name of ${quoted(series.name)}`;
    return unnamed(rule, "metric", message);
  }
  return {
    outcome: "mapped",
    rule,
    device,
    metric,
    unit: decided.unit ?? series.unit ?? "",
    kind: decided.kind ?? series.kind ?? defaultKind(series),
  };
}

function unnamed(
  rule: number | null,
  field: UnnamedSeries["field"],
  message: string,
): UnnamedSeries {
  return { outcome: "unnamed", rule, field, message };
}

function deviceMessage({ name }: SourceSeries, found: string | undefined): string {
  if (found !== undefined) return `Cannot take ${quoted(found)} as the name of a device`;
  return `Cannot name the device of ${quoted(name)}: wanted a rule or one of the labels ` +
    DEVICE_LABELS.join(", ");
}
