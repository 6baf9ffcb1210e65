import { sha256 } from "@noble/hashes/sha2";
import { toHex } from "../numeric/mod.ts";
import { KEY_ID_BYTES } from "./layout.ts";

/** Signs what the installation gives out. The key itself may be anywhere. */
export interface Signer {
  /** First 8 bytes of the SHA-256 of the raw public key. */
  readonly keyId: Uint8Array;
  /** An Ed25519 signature of 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The public keys that are trusted; during a rotation there are two. */
export interface TrustedKeys {
  /** False when the key is not trusted or the signature is not its own. */
  verify(keyId: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/**
 * A new key pair as bytes to be kept: the private one in PKCS #8, the public one raw (32 bytes).
 */
export interface SigningKey {
  readonly pkcs8: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

const ALGORITHM = "Ed25519";

export async function generateSigningKey(): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError(`Cannot make a pair of ${ALGORITHM} keys`);
  return {
    pkcs8: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
}

/** Rejects when the bytes are no Ed25519 key in PKCS #8. */
export async function importSigner(pkcs8: Uint8Array): Promise<Signer> {
  const key = await crypto.subtle.importKey("pkcs8", owned(pkcs8), ALGORITHM, true, ["sign"]);
  const keyId = keyIdOf(await publicKeyOf(key));
  return {
    keyId,
    async sign(message) {
      return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, owned(message)));
    },
  };
}

/** Rejects when one of the keys is not 32 bytes of an Ed25519 public key. */
export async function importTrustedKeys(
  publicKeys: readonly Uint8Array[],
): Promise<TrustedKeys> {
  const keys = new Map<string, CryptoKey>();
  for (const raw of publicKeys) {
    const key = await crypto.subtle.importKey("raw", owned(raw), ALGORITHM, false, ["verify"]);
    keys.set(toHex(keyIdOf(raw)), key);
  }
  return {
    async verify(keyId, message, signature) {
      const key = keys.get(toHex(keyId));
      if (!key) return false;
      return await crypto.subtle.verify(ALGORITHM, key, owned(signature), owned(message));
    },
  };
}

/** First 8 bytes of the SHA-256 of a raw public key: a name for it, not a proof. */
export function keyIdOf(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return owned(sha256(publicKey).subarray(0, KEY_ID_BYTES));
}

/** WebCrypto gives the public half of a private key only as a JSON Web Key. */
async function publicKeyOf(privateKey: CryptoKey): Promise<Uint8Array> {
  const { x } = await crypto.subtle.exportKey("jwk", privateKey);
  if (x === undefined) throw new TypeError(`Cannot read the public key of an ${ALGORITHM} key`);
  const base64 = x.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** A copy over memory that is not shared, as WebCrypto wants it. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
