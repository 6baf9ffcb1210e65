import { quoted } from "../../wire/problem.ts";
import { isObject } from "../../wire/json.ts";
import { SourceConfigError } from "../config_error.ts";

/** Characters of a name, path or address. */
const TEXT_LENGTH_MAX = 1_000;

/** Entries of a list in a source. */
const LIST_LENGTH_MAX = 64;

/** The fields of an object of settings, each asked for by name and type. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #asked = new Set<string>();

  /** @throws {SourceConfigError} When it is no object. */
  constructor(readonly path: string, value: unknown) {
    if (!isObject(value)) throw wanted(path, "an object", value);
    this.#value = value;
  }

  /** A field's value as it is. */
  raw(name: string): unknown {
    this.#asked.add(name);
    return this.#value[name];
  }

  /** Where a field is, for messages. */
  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  text(name: string): string {
    const value = this.raw(name);
    const isText = typeof value === "string" && value !== "" && value.length <= TEXT_LENGTH_MAX &&
      !/\p{Cc}/u.test(value) && value.isWellFormed();
    if (isText) return value;
    throw wanted(this.pathOf(name), `1 to ${TEXT_LENGTH_MAX} characters`, value);
  }

  textOr<T extends string | undefined>(name: string, otherwise: T): string | T {
    return this.raw(name) === undefined ? otherwise : this.text(name);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.raw(name) ?? otherwise;
    if (typeof value !== "boolean") throw wanted(this.pathOf(name), "true or false", value);
    return value;
  }

  wholeNumber(name: string, otherwise: number, max: number): number {
    const value = this.raw(name) ?? otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) {
      return value;
    }
    throw wanted(this.pathOf(name), `a whole number from 0 to ${max}`, value);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], otherwise?: T): T {
    const value = this.raw(name) ?? otherwise;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw wanted(this.pathOf(name), choices.join(" or "), value);
  }

  /** A list of texts that are not empty. */
  texts(name: string, otherwise?: readonly string[]): readonly string[] {
    const value = this.raw(name) ?? otherwise;
    if (!Array.isArray(value) || value.length === 0 || value.length > LIST_LENGTH_MAX) {
      throw wanted(this.pathOf(name), `a list of 1 to ${LIST_LENGTH_MAX} texts`, value);
    }
    const entries = new Fields(this.pathOf(name), Object.fromEntries(value.entries()));
    return value.map((_, index) => entries.text(String(index)));
  }

  object(name: string): Fields {
    return new Fields(this.pathOf(name), this.raw(name) ?? {});
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** @throws {SourceConfigError} For a field that nobody has asked for: it may be misspelt. */
  refuseOthers(): void {
    const other = Object.keys(this.#value).find((name) => !this.#asked.has(name));
    if (other === undefined) return;
    throw wanted(this.pathOf(other), `one of ${[...this.#asked].join(", ")}`, other);
  }
}

export function wanted(path: string, what: string, found: unknown): SourceConfigError {
  return new SourceConfigError(path, `wanted ${what}, found ${quoted(found)}`);
}
