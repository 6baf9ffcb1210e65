import { isObject } from "../wire/json.ts";
import { quoted } from "../wire/problem.ts";
import { parseTemplate } from "./pattern.ts";
import {
  type MappingRule,
  type MappingSettings,
  RULE_LABELS_MAX,
  RULE_TEXT_LENGTH_MAX,
  type RuleMatch,
  RULES_MAX,
  UNKNOWN_POLICIES,
} from "./rule.ts";
import { SOURCE_KINDS } from "./source_series.ts";

/** A mapping that cannot be taken: which field, and the limit where one was passed. */
export class MappingError extends Error {
  override readonly name = "MappingError";
  constructor(readonly field: string, message: string, readonly limit?: number) {
    super(message);
  }
}

const RULE_FIELDS = ["match", "drop", "device", "metric", "without", "unit", "kind"];
const MATCH_FIELDS = ["source", "name", "labels"];

/**
 * Rules and policy of JSON data.
 * @throws {MappingError} For what is unknown, too long or of another type.
 */
export function parseMapping(value: unknown): Omit<MappingSettings, "version"> {
  if (!isObject(value)) throw wanted("", "an object", value);
  const { rules = [], unknown = "create" } = value;
  return { rules: parseRules(rules), unknown: oneOf("unknown", unknown, UNKNOWN_POLICIES) };
}

/**
 * A mapping as a gateway signs it, with its version.
 * @throws {MappingError} For what this edge does not understand.
 */
export function parseSignedMapping(value: unknown): MappingSettings {
  const mapping = parseMapping(value);
  const { version } = value as MappingSettings;
  if (!Number.isSafeInteger(version)) throw wanted("version", "a whole number", version);
  return { ...mapping, version };
}

/** @throws {MappingError} */
export function parseRules(value: unknown): MappingRule[] {
  if (!Array.isArray(value)) throw wanted("rules", "an array", value);
  if (value.length > RULES_MAX) {
    const message = `Cannot take ${value.length} rules: wanted at most ${RULES_MAX}`;
    throw new MappingError("rules", message, RULES_MAX);
  }
  return value.map((rule, index) => parseRule(rule, `rules[${index}]`));
}

function parseRule(value: unknown, path: string): MappingRule {
  if (!isObject(value)) throw wanted(path, "an object", value);
  refuseOthers(value, RULE_FIELDS, path);
  const { match, drop, device, metric, without, unit, kind } = value;
  const rule: MappingRule = {
    ...match !== undefined && { match: parseMatch(match, `${path}.match`) },
    ...drop !== undefined && { drop: flag(`${path}.drop`, drop) },
    ...device !== undefined && { device: template(`${path}.device`, device) },
    ...metric !== undefined && { metric: template(`${path}.metric`, metric) },
    ...without !== undefined && { without: parseLabels(`${path}.without`, without) },
    ...unit !== undefined && { unit: text(`${path}.unit`, unit) },
    ...kind !== undefined && { kind: oneOf(`${path}.kind`, kind, ["gauge", "counter"] as const) },
  };
  if (rule.metric !== undefined && rule.without !== undefined) {
    const message = "Cannot leave labels out of a metric that has a template";
    throw new MappingError(`${path}.without`, message);
  }
  return rule;
}

function parseMatch(value: unknown, path: string): RuleMatch {
  if (!isObject(value)) throw wanted(path, "an object", value);
  refuseOthers(value, MATCH_FIELDS, path);
  const { source, name, labels } = value;
  return {
    ...source !== undefined && { source: oneOf(`${path}.source`, source, SOURCE_KINDS) },
    ...name !== undefined && { name: text(`${path}.name`, name) },
    ...labels !== undefined && { labels: parseGlobs(`${path}.labels`, labels) },
  };
}

function parseGlobs(path: string, value: unknown): Record<string, string> {
  if (!isObject(value)) throw wanted(path, "an object", value);
  const entries = Object.entries(value);
  if (entries.length > RULE_LABELS_MAX) throw tooMany(path, entries.length);
  // Own fields even for names such as `__proto__`.
  return Object.fromEntries(entries.map(([label, glob]) => {
    return [text(`${path}.${quoted(label)}`, label), text(`${path}.${quoted(label)}`, glob)];
  }));
}

function parseLabels(path: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw wanted(path, "an array", value);
  if (value.length > RULE_LABELS_MAX) throw tooMany(path, value.length);
  return value.map((label, index) => text(`${path}[${index}]`, label));
}

function template(path: string, value: unknown): string {
  const parsed = text(path, value);
  if (parsed === "" || parseTemplate(parsed) === undefined) {
    throw wanted(path, "text with labels in {braces}", value);
  }
  return parsed;
}

function text(path: string, value: unknown): string {
  if (typeof value !== "string" || !value.isWellFormed()) throw wanted(path, "text", value);
  if (value.length <= RULE_TEXT_LENGTH_MAX) return value;
  const message = `Cannot take a text of ${value.length} characters: ` +
    `wanted at most ${RULE_TEXT_LENGTH_MAX}`;
  throw new MappingError(path, message, RULE_TEXT_LENGTH_MAX);
}

function flag(path: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wanted(path, "true or false", value);
  return value;
}

function oneOf<T extends string>(path: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw wanted(path, choices.join(" or "), value);
  return choice;
}

function refuseOthers(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
): void {
  const other = Object.keys(value).find((field) => !known.includes(field));
  if (other !== undefined) throw wanted(`${path}.${quoted(other)}`, known.join(", "), other);
}

function wanted(path: string, what: string, found: unknown): MappingError {
  return new MappingError(path, `Cannot take ${path}: wanted ${what}, found ${quoted(found)}`);
}

function tooMany(path: string, count: number): MappingError {
  const message = `Cannot take ${count} labels: wanted at most ${RULE_LABELS_MAX}`;
  return new MappingError(path, message, RULE_LABELS_MAX);
}
