import { parseArgs } from "node:util";
import { UsageError } from "./exit.ts";

/** One flag of a task, as `--port N`. */
export type FlagSpec =
  | { readonly kind: "switch"; readonly help: string }
  | {
    readonly kind: "text";
    readonly help: string;
    /** Placeholder in the help, as "DIR". */
    readonly placeholder: string;
    readonly default?: string;
    readonly choices?: readonly string[];
  }
  | {
    readonly kind: "integer";
    readonly help: string;
    readonly placeholder: string;
    readonly default?: number;
    readonly min: number;
    readonly max: number;
  };

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

type FlagValue<S extends FlagSpec> = S extends { kind: "switch" } ? boolean
  : S extends { kind: "integer" } ? (S extends { default: number } ? number : number | undefined)
  : (S extends { default: string } ? string : string | undefined);

/** What was given for each flag, or its default. */
export type FlagValues<S extends FlagSpecs> = { readonly [K in keyof S]: FlagValue<S[K]> };

/** What a task is called with and what it says of itself. */
export interface TaskSpec<S extends FlagSpecs> {
  /** Name of the task, as in `deno task NAME`. */
  readonly name: string;
  readonly summary: string;
  /** Usage of what is not a flag, as "up | down | status"; tasks without it take none. */
  readonly operands?: string;
  readonly flags: S;
  readonly examples: readonly string[];
  /** Further text below the flags, as a list of settings. */
  readonly epilogue?: string;
}

export interface ParsedArgs<S extends FlagSpecs> {
  readonly flags: FlagValues<S>;
  readonly operands: readonly string[];
  readonly help: boolean;
}

/**
 * Parses a task's arguments. `deno task NAME -- --flag` hands its `--` through, so the first one is
 * skipped.
 *
 * @throws {UsageError} naming the argument that is unknown, incomplete or out of range.
 */
export function parseFlags<S extends FlagSpecs>(
  task: TaskSpec<S>,
  args: readonly string[],
): ParsedArgs<S> {
  const dashes = args.indexOf("--");
  const given = args.filter((_, index) => index !== dashes);
  const { values, positionals } = parseStrictly(task, given);
  if (positionals.length > 0 && task.operands === undefined) {
    throw new UsageError(
      `Cannot run ${task.name} with "${positionals[0]}": it takes flags only, see --help`,
    );
  }
  const flags = Object.entries(task.flags).map((
    [name, spec],
  ) => [name, flagValue(name, spec, values[name])]);
  return {
    flags: Object.fromEntries(flags) as FlagValues<S>,
    operands: positionals,
    help: values.help === true,
  };
}

function parseStrictly(
  task: TaskSpec<FlagSpecs>,
  args: string[],
): { values: Record<string, unknown>; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(task.flags).map(([name, spec]) => [
      name,
      { type: spec.kind === "switch" ? "boolean" as const : "string" as const },
    ]),
  );
  try {
    return parseArgs({
      args,
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`Cannot run ${task.name}: ${firstSentence(error.message)}, see --help`);
  }
}

function firstSentence(message: string): string {
  return message.split(/\. |\n/)[0].replace(/\.$/, "");
}

function flagValue(name: string, spec: FlagSpec, given: unknown): string | number | boolean {
  if (spec.kind === "switch") return given === true;
  if (given === undefined) return spec.default as string;
  const text = given as string;
  if (spec.kind === "integer") return integer(`--${name}`, text, spec.min, spec.max);
  if (spec.choices && !spec.choices.includes(text)) {
    throw new UsageError(
      `Cannot read --${name} "${text}": it must be one of ${spec.choices.join(", ")}`,
    );
  }
  return text;
}

/**
 * Reads a whole number.
 *
 * @throws {UsageError} naming what was given and the range wanted.
 */
export function integer(name: string, text: string, min: number, max: number): number {
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(
    `Cannot read ${name} "${text}": it must be a whole number from ${min} to ${max}`,
  );
}

/** The text of `deno task NAME -- --help`. */
export function helpText(task: TaskSpec<FlagSpecs>): string {
  const operands = task.operands === undefined ? "" : ` ${task.operands}`;
  const flags = [...Object.entries(task.flags), ["help", HELP] as const].map(([name, spec]) => {
    const usage = spec.kind === "switch" ? `--${name}` : `--${name} ${spec.placeholder}`;
    return `  ${usage.padEnd(22)} ${spec.help}${defaultText(spec)}`;
  });
  return [
    task.summary,
    "",
    `Usage: deno task ${task.name}${operands} [flags]`,
    "",
    "Flags:",
    ...flags,
    "",
    "Examples:",
    ...task.examples.map((example) => `  ${example}`),
    ...(task.epilogue === undefined ? [] : ["", task.epilogue]),
  ].join("\n");
}

const HELP: FlagSpec = { kind: "switch", help: "Print this text" };

function defaultText(spec: FlagSpec): string {
  return spec.kind === "switch" || spec.default === undefined ? "" : ` (${spec.default})`;
}
