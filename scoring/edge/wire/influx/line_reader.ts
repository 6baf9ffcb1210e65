import { LABELS_PER_SERIES_MAX } from "../limits.ts";
import { quoted } from "../problem.ts";

/** Fields of one line; Telegraf's widest inputs have some hundred. */
const FIELDS_PER_LINE_MAX = 1_000;

/** Characters of a name or value with its escapes; longer ones are refused before they are copied. */
const TOKEN_LENGTH_MAX = 8_192;

/** A line that is no line protocol; the reader goes on with the next one. */
export class LineError extends Error {
  override readonly name = "LineError";
}

/** One line of line protocol. */
export interface Line {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  /** A number, or text that is no telemetry. */
  readonly fields: readonly (readonly [key: string, value: number | "text"])[];
  /** Digits as they are written; nanoseconds pass what a number holds. */
  readonly timestamp: string | undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d{1,19}i$/;
const UNSIGNED = /^\d{1,20}u$/;
const TRUE = new Set(["t", "T", "true", "True", "TRUE"]);
const FALSE = new Set(["f", "F", "false", "False", "FALSE"]);

/** Reads line protocol one line after the other. */
export class LineReader {
  readonly #text: string;
  #at = 0;
  #line = 0;
  /** Line breaks inside of texts of the line last read. */
  #breaks = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Number of the line last read, from 1; of one with breaks in its texts the first. */
  get lineNumber(): number {
    return this.#line;
  }

  /**
   * The next line; `undefined` at the end. Empty lines and comments are passed over.
   * @throws {LineError} Once for a line that cannot be read.
   */
  next(): Line | undefined {
    while (this.#at < this.#text.length) {
      this.#line += this.#breaks + 1;
      this.#breaks = 0;
      const first = this.#text[this.#at];
      if (first !== "\n" && first !== "\r" && first !== "#") return this.#read();
      this.#passLine();
    }
    return undefined;
  }

  #read(): Line {
    try {
      return this.#parse();
    } catch (error) {
      this.#breaks = 0;
      this.#passLine();
      throw error;
    }
  }

  #parse(): Line {
    const measurement = this.#token(", ");
    if (measurement === "") throw new LineError("it has no measurement");
    const tags = this.#tags();
    this.#passSpaces();
    const fields = this.#fields();
    this.#passSpaces();
    const timestamp = this.#token(" \r");
    this.#passSpaces();
    if (this.#text[this.#at] === "\r") this.#at++;
    if (!this.#isAtLineEnd()) throw new LineError("something follows its timestamp");
    if (timestamp !== "" && !/^-?\d{1,19}$/.test(timestamp)) {
      throw new LineError(`${quoted(timestamp)} is no timestamp`);
    }
    this.#at++;
    return { measurement, tags, fields, timestamp: timestamp === "" ? undefined : timestamp };
  }

  #tags(): Map<string, string> {
    const tags = new Map<string, string>();
    while (this.#text[this.#at] === ",") {
      this.#at++;
      const key = this.#token(",= ");
      if (key === "" || this.#text[this.#at] !== "=") {
        throw new LineError("a tag has no name or value");
      }
      this.#at++;
      const value = this.#token(", ");
      if (value === "") throw new LineError(`tag ${quoted(key)} has no value`);
      if (tags.has(key)) throw new LineError(`tag ${quoted(key)} comes twice`);
      if (tags.size >= LABELS_PER_SERIES_MAX) {
        throw new LineError(`it has more than ${LABELS_PER_SERIES_MAX} tags`);
      }
      tags.set(key, value);
    }
    return tags;
  }

  #fields(): [key: string, value: number | "text"][] {
    const fields: [string, number | "text"][] = [];
    do {
      const key = this.#token(",= ");
      if (key === "" || this.#text[this.#at] !== "=") {
        throw new LineError("it has no field with a value");
      }
      this.#at++;
      if (fields.length >= FIELDS_PER_LINE_MAX) {
        throw new LineError(`it has more than ${FIELDS_PER_LINE_MAX} fields`);
      }
      fields.push([key, this.#value(key)]);
    } while (this.#text[this.#at] === "," && this.#at++ >= 0);
    return fields;
  }

  #value(key: string): number | "text" {
    if (this.#text[this.#at] === '"') return this.#string(key);
    const raw = this.#token(", \r");
    if (NUMBER.test(raw)) return Number(raw);
    if (INTEGER.test(raw) || UNSIGNED.test(raw)) return Number(raw.slice(0, -1));
    if (TRUE.has(raw)) return 1;
    if (FALSE.has(raw)) return 0;
    throw new LineError(`${quoted(raw)} is no value of field ${quoted(key)}`);
  }

  /** Text in quotes may hold anything, line breaks too. */
  #string(key: string): "text" {
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === "\\") at++;
      else if (char === "\n") this.#breaks++;
      else if (char === '"') {
        this.#at = at + 1;
        return "text";
      }
    }
    throw new LineError(`the text of field ${quoted(key)} does not end`);
  }

  /** Everything up to one of `stops` or the line's end; a backslash takes their meaning away. */
  #token(stops: string): string {
    const from = this.#at;
    let hasEscapes = false;
    for (; !this.#isAtLineEnd() && !stops.includes(this.#text[this.#at]); this.#at++) {
      if (this.#text[this.#at] !== "\\" || !",= ".includes(this.#text[this.#at + 1] ?? "\n")) {
        continue;
      }
      hasEscapes = true;
      this.#at++;
    }
    if (this.#at - from > TOKEN_LENGTH_MAX) throw new LineError("a name or value is too long");
    const raw = this.#text.slice(from, this.#at);
    return hasEscapes ? raw.replace(/\\([,= ])/g, "$1") : raw;
  }

  #passSpaces(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }

  #isAtLineEnd(): boolean {
    return this.#at >= this.#text.length || this.#text[this.#at] === "\n";
  }

  #passLine(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
  }
}
