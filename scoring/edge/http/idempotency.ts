import { toHex } from "../../numeric/mod.ts";
import { LruMap } from "../ingest/mod.ts";
import { Problem } from "../wire/mod.ts";

/** Answers remembered; a key forgotten still doubles nothing, as points are known by their instants. */
const ANSWERS_MAX = 1_000;

/** Larger answers, which list many refusals, are not worth the memory. */
const ANSWER_LENGTH_MAX = 64 * 1024;

/** Printable ASCII, as the header's draft says of a structured string. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** An answer that can be given again. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Remembered {
  readonly bodyHash: string;
  /** Undefined while the first request is running. */
  answer: Answer | undefined;
}

/** Gives the first answer again to whoever repeats a request under its `Idempotency-Key`. */
export class IdempotencyCache {
  readonly #answers = new LruMap<string, Remembered>(ANSWERS_MAX);

  /**
   * `work`'s answer, or the one it gave to the same sender, key and body before.
   * @throws {Problem} For a malformed key, one used with another body, or one still in use.
   */
  async answer(
    sender: string,
    key: string,
    body: Uint8Array,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    if (!KEY.test(key)) throw malformed();
    const bodyHash = await sha256(body);
    const id = `${sender} ${key}`;
    const known = this.#answers.get(id);
    if (known !== undefined) return again(known, bodyHash);
    const entry: Remembered = { bodyHash, answer: undefined };
    this.#answers.set(id, entry);
    try {
      entry.answer = await work();
    } finally {
      // A failure may be over at the next try, so only what was answered is kept.
      const length = entry.answer?.body.length ?? Infinity;
      if (length > ANSWER_LENGTH_MAX) this.#answers.delete(id);
    }
    return entry.answer;
  }
}

function malformed(): Problem {
  const message = "Cannot take the idempotency key: wanted 1 to 255 printable ASCII characters";
  return new Problem("IDEMPOTENCY_KEY_INVALID", message, { field: "Idempotency-Key", limit: 255 });
}

function again(known: Remembered, bodyHash: string): Answer {
  if (known.bodyHash !== bodyHash) {
    const message = "Cannot answer: this idempotency key came with another body before";
    throw new Problem("IDEMPOTENCY_KEY_REUSED", message, { field: "Idempotency-Key" });
  }
  if (known.answer === undefined) {
    const message = "Cannot answer: the first request with this idempotency key is still running";
    throw new Problem("IDEMPOTENCY_KEY_IN_USE", message, { headers: { "retry-after": "1" } });
  }
  return known.answer;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return toHex(new Uint8Array(digest));
}
