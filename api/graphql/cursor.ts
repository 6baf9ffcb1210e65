import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
import type { Keyset } from "../../domain/mod.ts";
import { type CursorCodec, CursorError } from "../../schema/mod.ts";

/** Shorter secrets could be guessed. */
export const CURSOR_SECRET_BYTES_MIN = 32;

const TAG_BYTES = 16;
const SEQ_LIST = "events";
/** Longer texts are no cursors of ours: two names of 200 characters and their wrapping. */
const CURSOR_LENGTH_MAX = 4_000;

/**
 * Makes the cursors of one installation. They are sealed in the manner of SIV: a tag over tenant,
 * list and position, then the position under a key stream made from the tag. A reader thus learns
 * nothing from a cursor, not even how much other tenants write, and cannot make or move one.
 */
export function createCursors(secret: Uint8Array): { of(tenantId: string): CursorCodec } {
  if (secret.length < CURSOR_SECRET_BYTES_MIN) {
    throw new RangeError(
      `Cannot make cursors as secret must have at least ${CURSOR_SECRET_BYTES_MIN} bytes: ` +
        `it has ${secret.length}`,
    );
  }
  const tagKey = hmac(sha256, secret, utf8("treeline-cursor-tag"));
  const streamKey = hmac(sha256, secret, utf8("treeline-cursor-stream"));
  const keys = { tagKey, streamKey };
  return { of: (tenantId) => codecOf(keys, tenantId) };
}

interface Keys {
  readonly tagKey: Uint8Array;
  readonly streamKey: Uint8Array;
}

function codecOf(keys: Keys, tenantId: string): CursorCodec {
  return {
    sealSeq: (seq) => seal(keys, tenantId, SEQ_LIST, seqBytes(seq)),
    openSeq: (cursor) => seqOf(open(keys, tenantId, SEQ_LIST, cursor)),
    sealKeyset: (list, keyset) => seal(keys, tenantId, list, utf8(JSON.stringify(keyset))),
    openKeyset: (list, cursor) =>
      JSON.parse(new TextDecoder().decode(open(keys, tenantId, list, cursor))) as Keyset,
  };
}

function seal(keys: Keys, tenantId: string, list: string, text: Uint8Array): string {
  const tag = tagOf(keys, tenantId, list, text);
  const sealed = new Uint8Array(TAG_BYTES + text.length);
  sealed.set(tag);
  sealed.set(masked(keys, tag, text), TAG_BYTES);
  return sealed.toBase64({ alphabet: "base64url", omitPadding: true });
}

function open(keys: Keys, tenantId: string, list: string, cursor: string): Uint8Array {
  const sealed = bytesOf(cursor);
  if (sealed === undefined || sealed.length <= TAG_BYTES) throw invalid();
  const tag = sealed.subarray(0, TAG_BYTES);
  const text = masked(keys, tag, sealed.subarray(TAG_BYTES));
  if (!equal(tag, tagOf(keys, tenantId, list, text))) throw invalid();
  return text;
}

function tagOf({ tagKey }: Keys, tenantId: string, list: string, text: Uint8Array): Uint8Array {
  const mac = hmac.create(sha256, tagKey);
  for (const part of [utf8(tenantId), utf8(list), text]) {
    mac.update(seqBytes(part.length)).update(part);
  }
  return mac.digest().subarray(0, TAG_BYTES);
}

/** Its own inverse: the text under a key stream that only this tag gives. */
function masked({ streamKey }: Keys, tag: Uint8Array, text: Uint8Array): Uint8Array {
  const result = Uint8Array.from(text);
  for (let at = 0, block = 0; at < text.length; block++) {
    const pad = hmac.create(sha256, streamKey).update(tag).update(seqBytes(block)).digest();
    for (let index = 0; index < pad.length && at < text.length; index++, at++) {
      result[at] ^= pad[index];
    }
  }
  return result;
}

function seqBytes(seq: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, seq);
  return bytes;
}

function seqOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
}

function bytesOf(cursor: string): Uint8Array | undefined {
  if (cursor.length > CURSOR_LENGTH_MAX) return undefined;
  try {
    return Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}

/** In constant time: how much of a guessed tag was right must not show. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) difference |= a[index] ^ b[index];
  return difference === 0;
}

function invalid(): CursorError {
  return new CursorError(
    "CURSOR_INVALID",
    "Cannot go on from the cursor as it is not one of yours",
  );
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
