import type { SecretPlace, TlsFiles } from "../../sources/mod.ts";

/** The secret of a place, without the line break that editors leave. @throws {Error} Where there is none. */
export async function readSecret(place: SecretPlace | undefined): Promise<string | undefined> {
  if (place === undefined) return undefined;
  if ("file" in place) return (await Deno.readTextFile(place.file)).replace(/\r?\n$/, "");
  const secret = Deno.env.get(place.env);
  if (secret === undefined || secret === "") {
    throw new Error(`Cannot find a secret in ${place.env}`);
  }
  return secret;
}

/** What TLS files hold, PEM. */
export interface TlsTexts {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export async function readTls({ caFile, certFile, keyFile }: TlsFiles): Promise<TlsTexts> {
  const read = async (path: string | undefined) =>
    path === undefined ? undefined : await Deno.readTextFile(path);
  return { ca: await read(caFile), cert: await read(certFile), key: await read(keyFile) };
}
