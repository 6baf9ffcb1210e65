import { sha256 } from "@noble/hashes/sha2";
import { toHex } from "../numeric/mod.ts";
import { BundleError } from "./bundle_error.ts";

/**
 * The frame of a bundle, little-endian:
 *
 *     0   8  magic "TREELINE"
 *     8   4  version
 *     12  4  length of the header
 *     16     header: JSON, UTF-8
 *            sections, one after the other in the header's order
 *            trailer: 8 bytes key id, 64 bytes signature; missing while unsigned
 *
 * The id is the SHA-256 of all bytes up to and including the header, which holds the hash of each
 * section.
 */
export const MAGIC = new TextEncoder().encode("TREELINE");
export const VERSION = 1;
export const PREFIX_BYTES = 16;
export const KEY_ID_BYTES = 8;
export const SIGNATURE_BYTES = 64;
export const TRAILER_BYTES = KEY_ID_BYTES + SIGNATURE_BYTES;
/** A hundred times a usual bundle; one is held in memory whole. */
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;
/** Room for the medians of 2,048 features in six sections. */
export const HEADER_BYTES_MAX = 1024 * 1024;

/** Where the header of a bundle ends, once its frame is known to be sound. */
export interface Frame {
  readonly bytes: Uint8Array;
  /** Index after the header, at which sections begin. */
  readonly headerEnd: number;
  /** SHA-256 of all bytes before it. */
  readonly id: Uint8Array;
}

/** @throws {BundleError} When the bytes do not begin as a bundle or are too many or too few. */
export function readFrame(bytes: Uint8Array): Frame {
  if (bytes.length > BUNDLE_BYTES_MAX) {
    refuse("BUNDLE_LIMIT", `it must have at most ${BUNDLE_BYTES_MAX} bytes`, bytes.length);
  }
  if (bytes.length < PREFIX_BYTES) {
    refuse("BUNDLE_TRUNCATED", `it must have at least ${PREFIX_BYTES} bytes`, bytes.length);
  }
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    refuse("BUNDLE_MAGIC", 'it must begin with "TREELINE"', toHex(bytes.subarray(0, MAGIC.length)));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint32(8, true);
  if (version !== VERSION) refuse("BUNDLE_VERSION", `its version must be ${VERSION}`, version);
  const headerLength = view.getUint32(12, true);
  if (headerLength > HEADER_BYTES_MAX) {
    refuse("BUNDLE_LIMIT", `its header must have at most ${HEADER_BYTES_MAX} bytes`, headerLength);
  }
  const headerEnd = PREFIX_BYTES + headerLength;
  if (headerEnd > bytes.length) {
    refuse("BUNDLE_TRUNCATED", `its header must end at ${headerEnd}`, bytes.length);
  }
  return { bytes, headerEnd, id: sha256(bytes.subarray(0, headerEnd)) };
}

/** Prefix, header and sections, still without a trailer. */
export function writeFrame(
  header: Uint8Array,
  sections: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = sections.reduce((sum, section) => sum + section.length, 0);
  const bytes = new Uint8Array(PREFIX_BYTES + header.length + length);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, PREFIX_BYTES);
  let offset = PREFIX_BYTES + header.length;
  for (const section of sections) {
    bytes.set(section, offset);
    offset += section.length;
  }
  return bytes;
}

function refuse(
  code: "BUNDLE_LIMIT" | "BUNDLE_TRUNCATED" | "BUNDLE_MAGIC" | "BUNDLE_VERSION",
  want: string,
  found: number | string,
): never {
  throw new BundleError(code, `Cannot read bundle as ${want}: current value is ${found}`);
}
