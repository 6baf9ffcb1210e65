import { secretWeakness } from "./secret.ts";

/** A setting that cannot be used; the message names it and says what is wanted. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly setting: string, message: string) {
    super(message);
  }
}

/** One name in the environment. */
export interface Setting<T> {
  readonly name: string;
  readonly help: string;
  /** @throws {Error} saying what is wrong with the text. */
  readonly parse: (text: string) => T;
}

/** A setting that is read from `default` where the environment has none. */
export interface DefaultSetting<T> extends Setting<T> {
  readonly default: string;
}

/** A setting without a constant default. */
export interface OptionalSetting<T> extends Setting<T> {
  /** What is used without it, for the help. */
  readonly otherwise: string;
}

/** Largest port. */
export const PORT_MAX = 65_535;

/** The value of an environment variable, `undefined` where it is not set. */
export type Environment = (name: string) => string | undefined;

/** What the environment says, or the default. @throws {ConfigError} */
export function defaulted<T>(env: Environment, setting: DefaultSetting<T>): T {
  return parsed(setting, env(setting.name) || setting.default);
}

/** What the environment says, if anything. @throws {ConfigError} */
export function optional<T>(env: Environment, setting: OptionalSetting<T>): T | undefined {
  const text = env(setting.name);
  return text ? parsed(setting, text) : undefined;
}

/** What the environment says. @throws {ConfigError} When it says nothing. */
export function mandatory<T>(env: Environment, setting: OptionalSetting<T>): T {
  const value = optional(env, setting);
  if (value !== undefined) return value;
  const { name, help } = setting;
  throw new ConfigError(name, `Cannot do without ${name}: ${help}`);
}

function parsed<T>({ name, parse }: Setting<T>, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigError(name, `Cannot use ${name} as ${(error as Error).message}`);
  }
}

/** Any text but blanks. */
export function notBlank(text: string): string {
  if (text.trim() !== "") return text;
  throw new RangeError("it is blank");
}

/** A whole number of a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new RangeError(`"${text}" is not a whole number from ${min} to ${max}`);
  };
}

/** A secret that nobody guesses; it is never quoted. */
export function strongSecret(text: string): string {
  const weakness = secretWeakness(text);
  if (weakness === undefined) return text;
  throw new RangeError(`it is a weak secret: ${weakness}`);
}

/** Settings with their meaning, for `--help`. */
export function settingsHelp(
  settings: readonly (DefaultSetting<unknown> | OptionalSetting<unknown>)[],
): string {
  const lines = settings.map((setting) => {
    const fallback = "default" in setting ? setting.default : setting.otherwise;
    return `  ${setting.name.padEnd(24)} ${setting.help} (${fallback})`;
  });
  return ["Settings, from the environment:", ...lines].join("\n");
}
