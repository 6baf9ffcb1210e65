import { checkShape, type JsonShape, SENT_SHAPE } from "./json_shape.ts";
import { Problem } from "./problem.ts";

/** Both keep nothing from one call to the next, as none is told that its text goes on. */
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Deno decodes several times as fast where it may replace what is not UTF-8. */
const QUICK = new TextDecoder("utf-8", { ignoreBOM: true });

/** What stands for bytes that are not UTF-8: a text without it has lost nothing. */
const REPLACEMENT = "\ufffd";

/**
 * Text of a body.
 * @throws {Problem} `BODY_NOT_UTF8` for other encodings and for a byte order mark, which JSON forbids.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    const quick = QUICK.decode(bytes);
    const text = quick.includes(REPLACEMENT) ? STRICT.decode(bytes) : quick;
    if (text.charCodeAt(0) !== 0xfeff) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new Problem("BODY_NOT_UTF8", "Cannot read the body: wanted UTF-8 without byte order mark");
}

/**
 * The JSON value of a body.
 * @throws {Problem} `BODY_NOT_UTF8`, `JSON_TOO_COMPLEX` or `JSON_INVALID`.
 */
export function parseJson(bytes: Uint8Array, shape: JsonShape = SENT_SHAPE): unknown {
  checkShape(bytes, shape);
  const text = decodeText(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `Cannot parse the body as JSON${placeOf(cause, text)}`;
    throw new Problem("JSON_INVALID", message, {}, { cause });
  }
}

/** How V8's messages end that say a position; in others parts of the body may stand. */
const POSITION = / (?:in|after) JSON at position (\d+)(?: \(line \d+ column \d+\))?$/;

const END = "Unexpected end of JSON input";

/** Where a text is no JSON, by numbers alone; empty where the platform does not tell. */
function placeOf(error: unknown, text: string): string {
  if (!(error instanceof SyntaxError)) return "";
  const position = error.message === END ? text.length : POSITION.exec(error.message)?.[1];
  if (position === undefined) return "";
  const at = Number(position);
  let [line, lineFrom] = [1, 0];
  // Line by line, as a hostile body may be made of nothing else.
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", lineFrom)) {
    line++;
    lineFrom = end + 1;
  }
  return `: wrong at line ${line}, column ${at - lineFrom + 1}`;
}

/** Whether a JSON value is an object, whose fields may then be looked at. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
