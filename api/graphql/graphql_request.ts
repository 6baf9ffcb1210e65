import { LimitError } from "../../schema/mod.ts";
import { BODY_BYTES_MAX, BODY_READ_MS_MAX, checkJsonDepth, URL_LENGTH_MAX } from "./limits.ts";

/** Answers a request that is refused before GraphQL sees it. */
export function refusal(
  request: Request,
  status: number,
  code: string,
  message: string,
  { headers, ...extensions }: { headers?: Record<string, string>; [extension: string]: unknown } =
    {},
): Response {
  const type = request.headers.get("accept")?.includes("application/graphql-response+json")
    ? "application/graphql-response+json"
    : "application/json";
  const body = { errors: [{ message, extensions: { code, ...extensions } }] };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": `${type}; charset=utf-8`, ...headers },
  });
}

/**
 * The request with its body read within the limits, or the answer that refuses it. Only JSON is
 * taken: what a form of another site can send without asking does not get further.
 */
export async function checkedRequest(request: Request): Promise<Request | Response> {
  if (request.method === "GET") {
    return request.url.length <= URL_LENGTH_MAX
      ? request
      : tooLarge(request, 414, "URL_LENGTH_MAX", URL_LENGTH_MAX);
  }
  if (request.method !== "POST") {
    return refusal(request, 405, "METHOD_NOT_ALLOWED", "Only GET and POST are taken", {
      headers: { allow: "GET, POST" },
    });
  }
  if (!isJson(request.headers)) {
    return refusal(
      request,
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      "Only application/json is taken, as it is",
    );
  }
  return await withBody(request);
}

function isJson(headers: Headers): boolean {
  const [type, ...parameters] = (headers.get("content-type") ?? "").split(";");
  const encoding = headers.get("content-encoding") ?? "identity";
  return type.trim().toLowerCase() === "application/json" && encoding === "identity" &&
    parameters.every((parameter) => /^\s*(charset="?utf-?8"?)?\s*$/i.test(parameter));
}

async function withBody(request: Request): Promise<Request | Response> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > BODY_BYTES_MAX) return tooLarge(request, 413, "BODY_BYTES_MAX", BODY_BYTES_MAX);
  const bytes = await readBody(request);
  if (bytes === "TOO_LARGE") return tooLarge(request, 413, "BODY_BYTES_MAX", BODY_BYTES_MAX);
  if (bytes === "TOO_SLOW") {
    return refusal(request, 408, "REQUEST_TIMEOUT", "The body took too long to arrive", {
      limit: { name: "BODY_READ_MS_MAX", value: BODY_READ_MS_MAX },
    });
  }
  const text = textOf(bytes);
  if (text === undefined) return refusal(request, 400, "BAD_REQUEST", "The body is not UTF-8 text");
  try {
    checkJsonDepth(text);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    const limit = { name: error.limit, value: error.value };
    return refusal(request, 400, "LIMIT_EXCEEDED", error.message, { limit });
  }
  if (!isJsonText(text)) return refusal(request, 400, "BAD_REQUEST", "The body is not JSON");
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return new Request(request.url, { method: "POST", headers, body: text, signal: request.signal });
}

function tooLarge(request: Request, status: number, name: string, value: number): Response {
  return refusal(
    request,
    status,
    "LIMIT_EXCEEDED",
    `The request passes ${name}: at most ${value}`,
    {
      limit: { name, value },
    },
  );
}

/** Copies the chunks as they come: a chunk that is kept keeps all memory that it came in. */
async function readBody(
  request: Request,
): Promise<Uint8Array<ArrayBuffer> | "TOO_LARGE" | "TOO_SLOW"> {
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => undefined);
  }, BODY_READ_MS_MAX);
  try {
    let buffer = new Uint8Array(4_096);
    let length = 0;
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      if (length + step.value.length > BODY_BYTES_MAX) {
        await reader.cancel();
        return "TOO_LARGE";
      }
      buffer = grown(buffer, length + step.value.length);
      buffer.set(step.value, length);
      length += step.value.length;
    }
    return late ? "TOO_SLOW" : buffer.subarray(0, length);
  } finally {
    clearTimeout(timer);
  }
}

function grown(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (length <= buffer.length) return buffer;
  const larger = new Uint8Array(Math.max(length, buffer.length * 2));
  larger.set(buffer);
  return larger;
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function textOf(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
