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
    throw new Problem("JSON_INVALID", "Cannot parse the body as JSON", {}, { cause });
  }
}

/** Whether a JSON value is an object, whose fields may then be looked at. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
