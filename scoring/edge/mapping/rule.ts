import type { MetricKind, SourceKind } from "./source_series.ts";

/** Rules of a tenant: each series is held against them in turn, but only once while it is remembered. */
export const RULES_MAX = 200;

/** Labels that one rule may look at or leave out. */
export const RULE_LABELS_MAX = 32;

/** Characters of a pattern, template or label name: it makes a name, and names are as long. */
export const RULE_TEXT_LENGTH_MAX = 200;

/** What a series must be for a rule to decide about it; what is left out may be anything. */
export interface RuleMatch {
  readonly source?: SourceKind;
  /** Glob of the series' name: `*` stands for any characters, also none. */
  readonly name?: string;
  /** Glob by label; a label that is missing counts as empty. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * What becomes of the series that it matches. The first rule that matches decides; what it leaves open
 * is as without rules. A rule does not match when one of its templates names a label that is missing.
 */
export interface MappingRule {
  readonly match?: RuleMatch;
  /** Keep its samples out; they are counted. */
  readonly drop?: boolean;
  /** Template of the device's name: `{label}` stands for a label's value. */
  readonly device?: string;
  /** Template of the metric's name. */
  readonly metric?: string;
  /** Labels that the default name of the metric leaves out. */
  readonly without?: readonly string[];
  readonly unit?: string;
  readonly kind?: MetricKind;
}

/** What happens to names that are not known: they are made, told as refused, or kept out and listed. */
export const UNKNOWN_POLICIES = ["create", "refuse", "quarantine"] as const;
export type UnknownPolicy = typeof UNKNOWN_POLICIES[number];

/** A tenant's mapping as data. */
export interface MappingSettings {
  readonly rules: readonly MappingRule[];
  readonly unknown: UnknownPolicy;
  /** Grows with every change. */
  readonly version: number;
}

/** In force until a tenant sets its own. */
export const DEFAULT_MAPPING: MappingSettings = { rules: [], unknown: "create", version: 0 };
