import {
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  type Signer,
  type TrustedKeys,
} from "../scoring/bundle/mod.ts";
import { secretWeakness } from "./secret.ts";

const SIGNING_FILE = "signing.key";
const CURSOR_FILE = "cursor.key";
/** Ending of public keys; all in the folder are trusted, so that a rotation can have two. */
const PUBLIC_ENDING = ".pub";
const CURSOR_SECRET_BYTES = 48;

/** The keys of an installation cannot be used, and why. */
export class KeyError extends Error {
  override readonly name = "KeyError";
}

/** What the gateway signs with and what it trusts. */
export interface GatewayKeys {
  readonly signer: Signer;
  readonly trustedKeys: TrustedKeys;
  /** Raw Ed25519 public keys in base64, for edges. */
  readonly publicKeys: readonly string[];
  readonly cursorSecret: Uint8Array;
}

/**
 * Makes an installation's keys as files that only their owner may read.
 *
 * @param folder Is made when missing.
 * @returns The public key in base64, for edges.
 * @throws {KeyError} When there are keys already: models signed by them would no longer be trusted.
 */
export async function createKeys(folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const { pkcs8, publicKey } = await generateSigningKey();
  const cursorSecret = crypto.getRandomValues(new Uint8Array(CURSOR_SECRET_BYTES));
  try {
    await writeNew(`${folder}/${SIGNING_FILE}`, pkcs8.toBase64(), 0o600);
    await writeNew(`${folder}/${CURSOR_FILE}`, cursorSecret.toBase64(), 0o600);
    await writeNew(`${folder}/signing${PUBLIC_ENDING}`, publicKey.toBase64(), 0o644);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const trusted = (await readPublicKeys(folder)).join(",");
    const message = `Cannot make keys as "${folder}" has some: edges trust ${trusted}`;
    throw new KeyError(message, { cause: error });
  }
  return publicKey.toBase64();
}

/**
 * Reads an installation's keys.
 *
 * @param cursorSecret Stands above the folder's own, for gateways on several machines.
 * @throws {KeyError} When a file is missing, damaged, weak or readable by others.
 */
export async function readKeys(folder: string, cursorSecret?: string): Promise<GatewayKeys> {
  const signer = await orKeyError(
    folder,
    async () => await importSigner(Uint8Array.fromBase64(await readPrivate(folder, SIGNING_FILE))),
  );
  const publicKeys = await readPublicKeys(folder);
  const trustedKeys = await orKeyError(
    folder,
    () => importTrustedKeys(publicKeys.map((key) => Uint8Array.fromBase64(key))),
  );
  const secret = cursorSecret ?? await readPrivate(folder, CURSOR_FILE);
  const weakness = secretWeakness(secret);
  if (weakness) throw new KeyError(`Cannot use "${folder}/${CURSOR_FILE}" as ${weakness}`);
  return { signer, trustedKeys, publicKeys, cursorSecret: new TextEncoder().encode(secret) };
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  await Deno.writeTextFile(path, text + "\n", { createNew: true, mode });
}

async function readPrivate(folder: string, name: string): Promise<string> {
  const path = `${folder}/${name}`;
  try {
    const { mode } = await Deno.stat(path);
    // Windows has no mode.
    if (mode !== null && (mode & 0o077) !== 0) {
      throw new KeyError(`Cannot use "${path}" as others may read it: run chmod 600 on it`);
    }
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new KeyError(`Cannot find "${path}": run deno task admin keys`, { cause: error });
  }
}

async function readPublicKeys(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(PUBLIC_ENDING)) names.push(name);
  }
  const texts = names.sort().map((name) => Deno.readTextFile(`${folder}/${name}`));
  return (await Promise.all(texts)).map((text) => text.trim());
}

async function orKeyError<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyError) throw error;
    throw new KeyError(`Cannot use the keys in "${folder}" as one is damaged`, { cause: error });
  }
}
