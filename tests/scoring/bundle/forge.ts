import { sha256 } from "@noble/hashes/sha2";
import { assertThrows } from "@std/assert";
import { BundleError, decodeBundle, encodeBundle } from "../../../scoring/bundle/mod.ts";
import { PREFIX_BYTES, writeFrame } from "../../../scoring/bundle/layout.ts";
import { toHex } from "../../../scoring/numeric/mod.ts";
import { smallModel } from "./small_model.ts";

/** The header's JSON, open to any change. */
// deno-lint-ignore no-explicit-any -- what a forger writes has no type
export type AnyHeader = any;

export interface Parts {
  readonly header: AnyHeader;
  readonly sections: Uint8Array<ArrayBuffer>[];
}

/** Header and sections of the small model's bundle. */
export function partsOfSmallBundle(): Parts {
  const { unsigned } = encodeBundle(smallModel());
  const headerEnd = PREFIX_BYTES + new DataView(unsigned.buffer).getUint32(12, true);
  const text = new TextDecoder().decode(unsigned.subarray(PREFIX_BYTES, headerEnd));
  const header: AnyHeader = JSON.parse(text);
  const sections = header.sections.map((entry: { offset: number; length: number }) =>
    unsigned.slice(headerEnd + entry.offset, headerEnd + entry.offset + entry.length)
  );
  return { header, sections };
}

/** A bundle whose header text is exactly this. */
export function bundleOf(headerText: string, sections: readonly Uint8Array[]): Uint8Array {
  return writeFrame(new TextEncoder().encode(headerText), sections);
}

/** A bundle of these sections whose header names their real lengths and hashes. */
export function rehashed({ header, sections }: Parts): Uint8Array {
  let offset = 0;
  sections.forEach((bytes, i) => {
    Object.assign(header.sections[i], {
      offset,
      length: bytes.length,
      sha256: toHex(sha256(bytes)),
    });
    offset += bytes.length;
  });
  return bundleOf(JSON.stringify(header), sections);
}

export function assertRefused(bytes: Uint8Array, ...codes: string[]): void {
  const error = assertThrows(() => decodeBundle(bytes), BundleError);
  if (!codes.includes(error.code)) {
    throw new Error(`Refused as ${error.code}, not ${codes.join(" or ")}: ${error.message}`);
  }
}
