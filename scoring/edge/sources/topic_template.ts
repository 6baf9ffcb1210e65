import { RULE_TEXT_LENGTH_MAX, topicLabels } from "../mapping/mod.ts";
import { SourceConfigError } from "./config_error.ts";

/** One level of a topic: a text, any text, or all levels that are left. */
type Level =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "one"; readonly name: string | undefined }
  | { readonly kind: "rest"; readonly name: string | undefined };

/** Which topics are meant, and what their levels are called. */
export interface TopicTemplate {
  readonly separator: string;
  readonly levels: readonly Level[];
}

/** How a broker writes "one level" and "all levels that are left". */
export interface Wildcards {
  readonly one: string;
  readonly rest: string;
}

const NAME = /^\{([A-Za-z_][A-Za-z0-9_.-]*)(\+?)\}$/;

/**
 * A template such as `site/{site}/{device}/{metric}`: `{name}` is one level, `+` one without a name,
 * `{name+}` as the last all that are left, `#` the same without a name.
 * @throws {SourceConfigError} When it is none.
 */
export function parseTopicTemplate(field: string, text: string, separator: string): TopicTemplate {
  if (text === "" || text.length > RULE_TEXT_LENGTH_MAX) {
    const message = `wanted 1 to ${RULE_TEXT_LENGTH_MAX} characters`;
    throw new SourceConfigError(field, message, RULE_TEXT_LENGTH_MAX);
  }
  const levels = text.split(separator).map((level) => parseLevel(field, level));
  if (levels.slice(0, -1).some(({ kind }) => kind === "rest")) {
    throw new SourceConfigError(field, "wanted # or {name+} as the last level alone");
  }
  const names = levels.flatMap((level) => level.kind === "text" ? [] : level.name ?? []);
  if (new Set(names).size < names.length) {
    throw new SourceConfigError(field, "wanted each name once");
  }
  return { separator, levels };
}

function parseLevel(field: string, level: string): Level {
  if (level === "+") return { kind: "one", name: undefined };
  if (level === "#") return { kind: "rest", name: undefined };
  const named = NAME.exec(level);
  if (named !== null) return { kind: named[2] === "" ? "one" : "rest", name: named[1] };
  if (!/[{}+#*>\s\p{Cc}]/u.test(level)) return { kind: "text", text: level };
  throw new SourceConfigError(
    field,
    `wanted text, {name}, +, or {name+} as a level, not "${level}"`,
  );
}

/** The template as what a broker calls a filter. */
export function filterOf({ separator, levels }: TopicTemplate, wildcards: Wildcards): string {
  const texts = levels.map((level) => level.kind === "text" ? level.text : wildcards[level.kind]);
  return texts.join(separator);
}

/** What the names of a template stand for in a topic; `undefined` when the topic does not fit. */
export function fitTopic(
  { separator, levels }: TopicTemplate,
  topic: string,
): ReadonlyMap<string, string> | undefined {
  const parts = topic.split(separator);
  const names = new Map<string, string>();
  for (const [index, level] of levels.entries()) {
    if (index >= parts.length) return undefined;
    if (level.kind === "rest") {
      if (level.name !== undefined) names.set(level.name, parts.slice(index).join(separator));
      return names;
    }
    if (level.kind === "text" && level.text !== parts[index]) return undefined;
    if (level.kind === "one" && level.name !== undefined) names.set(level.name, parts[index]);
  }
  return parts.length === levels.length ? names : undefined;
}

/** What a topic tells of the values under it. */
export interface TopicNames {
  readonly device: string | undefined;
  /** What the template calls the metric, or else the last level. */
  readonly metric: string;
  /** All that rules may use: the template's names, and the levels by number. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Reads a topic by the first template that it fits. */
export function topicNames(
  templates: readonly TopicTemplate[],
  topic: string,
  separator: string,
): TopicNames {
  const fitting = templates.map((template) => fitTopic(template, topic))
    .find((names) => names !== undefined);
  return {
    device: fitting?.get("device"),
    metric: fitting?.get("metric") ?? topic.slice(topic.lastIndexOf(separator) + 1),
    labels: new Map([...topicLabels(topic, separator), ...fitting ?? []]),
  };
}
