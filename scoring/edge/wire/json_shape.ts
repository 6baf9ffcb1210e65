import { Problem } from "./problem.ts";

/** How much structure a JSON text may have: objects of a few bytes each take many times their text. */
export interface JsonShape {
  /** Objects and arrays. */
  readonly containersMax: number;
  /** Names with a value, in all objects. */
  readonly membersMax: number;
}

/** 10,000 points or vectors; a point has four members and may have as many again that nobody reads. */
export const SENT_SHAPE: JsonShape = { containersMax: 20_000, membersMax: 80_000 };

/** Objects and arrays within each other; a parser keeps a frame for each. */
const DEPTH_MAX = 64;

/** A shorter text is parsed without a look: whatever it holds takes a few megabytes. */
const UNSEEN_LENGTH_MAX = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks at the outline of a JSON text before anything is made of it. What is no JSON passes here and
 * fails in the parser.
 * @throws {Problem} `JSON_TOO_COMPLEX`
 */
export function checkShape(bytes: Uint8Array, { containersMax, membersMax }: JsonShape): void {
  if (bytes.length <= UNSEEN_LENGTH_MAX) return;
  let containers = 0;
  let members = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfText(bytes, at + 1);
        break;
      case COLON:
        if (++members > membersMax) throw tooMany("members", membersMax);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++containers > containersMax) throw tooMany("objects and arrays", containersMax);
        if (++depth > DEPTH_MAX) throw tooMany("levels", DEPTH_MAX);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
    }
  }
}

/** Position of the quote that ends a text, or of the last byte. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at++;
  }
  return bytes.length;
}

function tooMany(what: string, limit: number): Problem {
  const message = `Cannot take JSON of more than ${limit} ${what}`;
  return new Problem("JSON_TOO_COMPLEX", message, { limit });
}
