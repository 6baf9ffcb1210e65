import type { AssignmentsDocument, SyncAnswer, SyncRequest } from "./protocol.ts";

/** How long a gateway may take before its answer counts as lost. */
const TIMEOUT_MS = 30_000;

/** Of an answer's own words no more is told: logs and reports hold it. */
const MESSAGE_LENGTH_MAX = 300;

/** The gateway did not do what it was asked. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  /**
   * @param status HTTP status, or 0 when there was no answer.
   * @param code The problem document's code.
   * @param limit The number that the problem names, as the item that a sync should begin with.
   */
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly limit?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What is assigned, with the tag by which it is asked for again. */
export interface TaggedAssignments {
  readonly etag: string | null;
  readonly document: AssignmentsDocument;
}

/** The gateway, as an edge sees it. All calls reject with `GatewayError`. */
export interface GatewayClient {
  /** `undefined` when nothing has changed since `etag`. */
  assignments(edgeId: string, etag: string | null): Promise<TaggedAssignments | undefined>;
  bundle(modelId: string): Promise<Uint8Array>;
  sync(request: SyncRequest): Promise<SyncAnswer>;
  /** Bytes of all syncs so far, answered or not. */
  readonly bytesSent: number;
  /**
   * What has changed at the gateway, as soon as it has, until the signal. What changed before the
   * stream is open is not told.
   */
  changes(signal: AbortSignal): AsyncIterable<StreamNews>;
}

/** assignments: devices, models or settings. commands: what a person did to an incident. */
export type GatewayChange = "assignments" | "commands";

/** What a stream tells. open: that it is heard, first. */
export type StreamNews = "open" | GatewayChange;

export interface GatewayClientOptions {
  /** Where the gateway is, as `https://treeline.example`. */
  readonly url: string;
  /** A key with the role edge. */
  readonly key: string;
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  readonly timeoutMs?: number;
}

export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const base = options.url.replace(/\/+$/, "");
  let bytesSent = 0;
  async function ask(
    path: string,
    init: RequestInit = {},
    signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${options.key}`, ...init.headers };
    let response: Response;
    try {
      response = await options.fetch(base + path, { ...init, headers, signal, redirect: "manual" });
    } catch (cause) {
      const message = `Cannot reach the gateway: ${rootMessage(cause)}`;
      throw new GatewayError(message, 0, "UNREACHABLE", undefined, { cause });
    }
    if (response.ok || response.status === 304) return response;
    throw await errorOf(response);
  }
  return {
    async assignments(edgeId, etag) {
      const response = await ask(
        `/edge/v1/assignments?metrics=once&edge=${encodeURIComponent(edgeId)}`,
        {
          headers: etag === null ? {} : { "if-none-match": etag },
        },
      );
      if (response.status === 304) return undefined;
      const document = await read<AssignmentsDocument>(response, jsonOf);
      return { etag: response.headers.get("etag"), document };
    },
    async *changes(signal) {
      const silence = new AbortController();
      const either = AbortSignal.any([signal, silence.signal]);
      const response = await ask("/edge/v1/stream", { headers: EVENT_STREAM }, either);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), options.timeoutMs ?? TIMEOUT_MS);
      };
      let isOpen = false;
      try {
        wait();
        for await (const name of eventNames(response)) {
          wait();
          // The head alone may come from something in between that keeps the rest to itself.
          if (!isOpen) yield "open";
          isOpen = true;
          if (name === "assignments" || name === "commands") yield name;
        }
      } catch (cause) {
        if (signal.aborted) return;
        throw broken(cause);
      } finally {
        clearTimeout(timer);
      }
    },
    async bundle(modelId) {
      const response = await ask(`/edge/v1/bundles/${encodeURIComponent(modelId)}`);
      return await read(response, bytesOf);
    },
    get bytesSent() {
      return bytesSent;
    },
    async sync(request) {
      const body = new TextEncoder().encode(JSON.stringify(request));
      bytesSent += body.length;
      const response = await ask("/edge/v1/sync", {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      return await read<SyncAnswer>(response, jsonOf);
    },
  };
}

/** An answer may break off after its head: that is a lost answer too. */
async function read<T>(response: Response, how: (response: Response) => Promise<T>): Promise<T> {
  try {
    return await how(response);
  } catch (cause) {
    throw broken(cause);
  }
}

function broken(cause: unknown): GatewayError {
  return new GatewayError("Cannot read the gateway's answer", 0, "BROKEN", undefined, { cause });
}

const EVENT_STREAM = { accept: "text/event-stream" };

/** Names of server-sent events; a comment, as which a heartbeat comes, has none. */
async function* eventNames(response: Response): AsyncGenerator<string> {
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield /^event: (\w+)$/.exec(line)?.[1] ?? "";
  }
}

async function jsonOf<T>(response: Response): Promise<T> {
  return await response.json();
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

async function errorOf(response: Response): Promise<GatewayError> {
  const { status } = response;
  const problem = await response.json().catch(() => ({}));
  const code = typeof problem?.code === "string" ? problem.code : "UNKNOWN";
  const limit = typeof problem?.limit === "number" ? problem.limit : undefined;
  const detail = typeof problem?.detail === "string" ? `: ${problem.detail}` : "";
  const message = `Cannot use the gateway: it answered ${status} ${code}${detail}`;
  return new GatewayError(message.slice(0, MESSAGE_LENGTH_MAX), status, code, limit);
}

/** Of what is wrong in the end: runtimes wrap it in several errors that say less. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
