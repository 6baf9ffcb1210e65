import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { isPublicAddress } from "./address.ts";

/** Why nothing came of a request; the message names the host alone, as an address may hold secrets. */
export type OutgoingErrorCode =
  | "ADDRESS_REFUSED"
  | "REDIRECT_REFUSED"
  | "ANSWER_TOO_LARGE"
  | "TOO_SLOW"
  | "UNREACHABLE";

export class OutgoingError extends Error {
  override readonly name = "OutgoingError";
  constructor(readonly code: OutgoingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

export interface FetchGuard {
  /** From the name's resolution to the last byte of the answer. */
  readonly deadlineMs: number;
  /** Of the answer's body. */
  readonly bytesMax: number;
  /** The operator's word that hosts of its own network may be asked. */
  readonly isPrivateAllowed: boolean;
  /** Addresses of a host; those of the system where not given. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export interface GuardedAnswer {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Asks a URL that was given from outside. The host is resolved once, each of its addresses must be
 * public, and the connection goes to the address that was checked: a name that resolves otherwise a
 * moment later changes nothing. Redirects are not followed.
 *
 * @throws {OutgoingError}
 */
export async function guardedFetch(
  address: string | URL,
  request: GuardedRequest,
  guard: FetchGuard,
): Promise<GuardedAnswer> {
  const url = checkedUrl(address);
  const signal = AbortSignal.timeout(guard.deadlineMs);
  try {
    const pinned = await untilAborted(addressOf(url, guard), signal);
    const answer = await send(url, pinned, request, signal);
    return await read(answer, url, guard);
  } catch (error) {
    if (signal.aborted) {
      throw new OutgoingError(
        "TOO_SLOW",
        `Cannot ask ${url.host} as it did not answer within ${guard.deadlineMs} ms`,
      );
    }
    if (error instanceof OutgoingError) throw error;
    throw new OutgoingError("UNREACHABLE", `Cannot reach ${url.host}`, { cause: error });
  }
}

function checkedUrl(address: string | URL): URL {
  const url = URL.parse(address);
  if (!url) throw refused("an address that is none");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refused(`${url.protocol} as it must be http: or https:`);
  }
  if (url.username || url.password) throw refused(`${url.host} as its address holds a user`);
  return url;
}

async function addressOf(url: URL, guard: FetchGuard): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = isIP(host) ? [host] : await (guard.resolve ?? systemAddresses)(host);
  if (found.length === 0) throw new OutgoingError("UNREACHABLE", `Cannot reach ${url.host}`);
  if (guard.isPrivateAllowed || found.every(isPublicAddress)) return found[0];
  throw refused(`${url.host} as it is at an address that is not public`);
}

async function systemAddresses(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function send(
  url: URL,
  address: string,
  { method = "GET", headers = {}, body }: GuardedRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isSecure = url.protocol === "https:";
  const length = { "content-length": String(body?.length ?? 0) };
  const options = {
    host: address,
    port: url.port || (isSecure ? 443 : 80),
    path: url.pathname + url.search,
    method,
    headers: { ...headers, ...length, host: url.host },
    // The certificate must be of the name, though the connection is to its address.
    servername: url.hostname,
    agent: false,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? requestHttps : requestHttp)(options, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

async function read(
  answer: IncomingMessage,
  { host }: URL,
  { bytesMax }: FetchGuard,
): Promise<GuardedAnswer> {
  const status = answer.statusCode ?? 0;
  const tooLarge = () =>
    new OutgoingError(
      "ANSWER_TOO_LARGE",
      `Cannot take the answer of ${host} as it has more than ${bytesMax} bytes`,
    );
  try {
    if (status >= 300 && status < 400) {
      throw new OutgoingError("REDIRECT_REFUSED", `Cannot follow ${host} to another address`);
    }
    if (Number(answer.headers["content-length"] ?? 0) > bytesMax) throw tooLarge();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer) {
      length += chunk.length;
      if (length > bytesMax) throw tooLarge();
      chunks.push(chunk);
    }
    return { status, body: new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer()) };
  } finally {
    answer.destroy();
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function refused(what: string): OutgoingError {
  return new OutgoingError("ADDRESS_REFUSED", `Cannot ask ${what}`);
}
