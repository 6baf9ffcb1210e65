import type { Principal } from "../../domain/mod.ts";
import { type StreamClosedCode, StreamClosedError, type StreamPosition } from "../../schema/mod.ts";
import { check, KEY_RECHECK_MS, STREAMS_PER_KEY_MAX } from "./limits.ts";

/** Looks a key up again: whether it may still be used. */
export type CheckKey = (principal: Principal) => Promise<boolean>;

/** A stream's position, and the way to end the stream. */
export interface StreamSlot extends StreamPosition {
  readonly controller: AbortController;
}

/** Makes the slot of a request's stream. */
export function streamSlot(lastEventId: string | null | undefined): StreamSlot {
  const controller = new AbortController();
  return { lastEventId: lastEventId ?? undefined, controller, signal: controller.signal };
}

interface OpenKey {
  readonly principal: Principal;
  /** What is open under the key, streams and the sockets that carry them. */
  readonly open: Set<AbortController>;
  streams: number;
}

/** What is open of all keys; closes it when its key is revoked or the process goes down. */
export class StreamRegistry {
  readonly #checkKey: CheckKey;
  readonly #keys = new Map<string, OpenKey>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(checkKey: CheckKey) {
    this.#checkKey = checkKey;
  }

  /**
   * Counts one more stream, until the function that it returns is called.
   *
   * @throws {LimitError} When the key has too many.
   */
  openStream(principal: Principal, controller: AbortController): () => void {
    const open = this.#keys.get(principal.keyId)?.streams ?? 0;
    check("STREAMS_PER_KEY_MAX", STREAMS_PER_KEY_MAX, open + 1);
    const release = this.watch(principal, controller);
    const key = this.#keyOf(principal);
    key.streams++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      key.streams--;
      release();
    };
  }

  /** Aborts the controller with a `StreamClosedError` when the key is revoked. */
  watch(principal: Principal, controller: AbortController): () => void {
    const key = this.#keyOf(principal);
    this.#keys.set(principal.keyId, key);
    key.open.add(controller);
    this.#timer ??= setInterval(() => this.#recheck(), KEY_RECHECK_MS);
    return () => {
      key.open.delete(controller);
      if (key.open.size === 0) this.#keys.delete(principal.keyId);
      if (this.#keys.size === 0) this.#stopTimer();
    };
  }

  /** Ends everything; who reads comes back to the next process with its cursor. */
  close(): void {
    this.#stopTimer();
    for (const key of this.#keys.values()) {
      end(key, "GOING_DOWN", "The server is going down: resume with the last cursor");
    }
  }

  #keyOf(principal: Principal): OpenKey {
    return this.#keys.get(principal.keyId) ?? { principal, open: new Set(), streams: 0 };
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #recheck(): Promise<void> {
    for (const key of [...this.#keys.values()]) {
      // A database that does not answer revokes nothing; the next round asks again.
      const valid = await this.#checkKey(key.principal).catch(() => true);
      if (!valid) end(key, "UNAUTHENTICATED", "The key may no longer be used");
    }
  }
}

function end(key: OpenKey, code: StreamClosedCode, message: string): void {
  const reason = new StreamClosedError(code, message);
  for (const controller of [...key.open]) controller.abort(reason);
}
