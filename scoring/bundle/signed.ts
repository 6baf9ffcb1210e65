import type { Model, Setting } from "../detect/mod.ts";
import { toHex } from "../numeric/mod.ts";
import { checkHash, modelOf, readParts } from "./bundle.ts";
import { BundleError } from "./bundle_error.ts";
import type { Signer, TrustedKeys } from "./keys.ts";
import { KEY_ID_BYTES, readFrame, SIGNATURE_BYTES, TRAILER_BYTES } from "./layout.ts";

/** Whose signature on whose bundle is accepted. */
export interface OpenOptions {
  readonly tenantId: string;
  readonly trustedKeys: TrustedKeys;
  /** The id that was asked for; any other bundle is refused. */
  readonly id?: string;
}

/** JSON as its bytes are kept and sent, with a trailer as a bundle's beside it. */
export interface SignedText {
  readonly body: string;
  readonly signature: Uint8Array;
}

/** The tag in front of what is signed, so that no signature of one thing passes for another's. */
const BUNDLE_TAG = "treeline-bundle-v1";
const SETTING_TAG = "treeline-setting-v1";
const MAPPING_TAG = "treeline-mapping-v1";

/**
 * Adds the trailer by which an edge of this tenant knows where a bundle of `encodeBundle` is from.
 */
export async function signBundle(
  unsigned: Uint8Array,
  signer: Signer,
  tenantId: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { id } = readFrame(unsigned);
  const trailer = await sign(signer, message(BUNDLE_TAG, tenantId, id));
  const bytes = new Uint8Array(unsigned.length + TRAILER_BYTES);
  bytes.set(unsigned);
  bytes.set(trailer, unsigned.length);
  return bytes;
}

/**
 * The model in a signed bundle. Nothing of it is parsed before its size, hash and signature are
 * right. Each section's bytes are copied and checked against their hash here, so that damage never
 * shows while rows are scored; what scores is decoded when it is first asked for.
 *
 * @throws {BundleError} (rejects) When the bundle is damaged, not the one asked for, or not signed
 * for this tenant by a trusted key.
 */
export async function openBundle(
  bytes: Uint8Array,
  { tenantId, trustedKeys, id }: OpenOptions,
): Promise<{ id: string; model: Model }> {
  const frame = readFrame(bytes);
  if (id !== undefined && toHex(frame.id) !== id) {
    throw new BundleError(
      "BUNDLE_HASH",
      `Cannot open bundle as its id must be "${id.slice(0, 64)}": current value is ` +
        `"${toHex(frame.id)}"`,
    );
  }
  if (bytes.length < frame.headerEnd + TRAILER_BYTES) {
    throw new BundleError("BUNDLE_UNSIGNED", "Cannot open bundle as it must have a signature");
  }
  const trailer = bytes.subarray(bytes.length - TRAILER_BYTES);
  if (!await isSigned(trailer, message(BUNDLE_TAG, tenantId, frame.id), trustedKeys)) {
    throw new BundleError(
      "BUNDLE_SIGNATURE",
      "Cannot open bundle as it must be signed for this tenant by a trusted key",
    );
  }
  const { header, contents } = readParts(frame, [TRAILER_BYTES]);
  const copies = contents.map((content) => new Uint8Array(content));
  await Promise.all(copies.map(async (content, i) => {
    const hash = await crypto.subtle.digest("SHA-256", content);
    checkHash(header.sections[i], new Uint8Array(hash));
  }));
  return { id: toHex(frame.id), model: modelOf({ header, contents: copies }) };
}

/** The setting as JSON, with the signature of its bytes for this tenant. */
export async function signSetting(
  setting: Setting,
  signer: Signer,
  tenantId: string,
): Promise<SignedText> {
  return await signText(JSON.stringify(setting), signer, SETTING_TAG, tenantId);
}

/**
 * The setting in JSON that was signed for this tenant by a trusted key; it is parsed only then.
 *
 * @throws {BundleError} (rejects) SETTING_SIGNATURE or SETTING_BODY.
 */
export async function openSetting(
  signed: SignedText,
  trust: Omit<OpenOptions, "id">,
): Promise<Setting> {
  return await openText(signed, trust, "SETTING") as Setting;
}

/** A mapping of senders' names as JSON, with the signature of its bytes for this tenant. */
export async function signMapping(
  mapping: unknown,
  signer: Signer,
  tenantId: string,
): Promise<SignedText> {
  return await signText(JSON.stringify(mapping), signer, MAPPING_TAG, tenantId);
}

/**
 * The mapping in JSON that was signed for this tenant by a trusted key, for a parser of mappings.
 *
 * @throws {BundleError} (rejects) MAPPING_SIGNATURE or MAPPING_BODY.
 */
export async function openMapping(
  signed: SignedText,
  trust: Omit<OpenOptions, "id">,
): Promise<unknown> {
  return await openText(signed, trust, "MAPPING");
}

async function signText(
  body: string,
  signer: Signer,
  tag: string,
  tenantId: string,
): Promise<SignedText> {
  const bytes = new TextEncoder().encode(body);
  return { body, signature: await sign(signer, message(tag, tenantId, bytes)) };
}

async function openText(
  { body, signature }: SignedText,
  { tenantId, trustedKeys }: Omit<OpenOptions, "id">,
  kind: "SETTING" | "MAPPING",
): Promise<unknown> {
  const name = kind.toLowerCase();
  const tag = kind === "SETTING" ? SETTING_TAG : MAPPING_TAG;
  const bytes = new TextEncoder().encode(body);
  const isTrusted = signature.length === TRAILER_BYTES &&
    await isSigned(signature, message(tag, tenantId, bytes), trustedKeys);
  if (!isTrusted) {
    throw new BundleError(
      `${kind}_SIGNATURE`,
      `Cannot open ${name} as it must be signed for this tenant by a trusted key`,
    );
  }
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new BundleError(`${kind}_BODY`, `Cannot open ${name} as it must be JSON`, { cause });
  }
}

/** Tag and tenant are told apart by a length each, so that no two pairs give the same bytes. */
function message(tag: string, tenantId: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(tag), encoder.encode(tenantId), payload];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length, true);
    bytes.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return bytes;
}

async function sign(signer: Signer, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const trailer = new Uint8Array(TRAILER_BYTES);
  trailer.set(signer.keyId);
  trailer.set(await signer.sign(bytes), KEY_ID_BYTES);
  return trailer;
}

function isSigned(trailer: Uint8Array, bytes: Uint8Array, keys: TrustedKeys): Promise<boolean> {
  const keyId = trailer.subarray(0, KEY_ID_BYTES);
  return keys.verify(keyId, bytes, trailer.subarray(KEY_ID_BYTES, KEY_ID_BYTES + SIGNATURE_BYTES));
}
