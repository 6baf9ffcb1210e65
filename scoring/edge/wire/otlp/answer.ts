import type { Problem } from "../problem.ts";
import { encodeFields } from "../protobuf/encode_fields.ts";

/** How a request came, and how it is answered. */
export type OtlpEncoding = "application/x-protobuf" | "application/json";

/** Data points that were refused, and why the first was. */
export interface PartialSuccess {
  readonly rejectedDataPoints: number;
  readonly errorMessage: string;
}

/** An `ExportMetricsServiceResponse`; without a partial success all was taken. */
export function exportResponse(
  encoding: OtlpEncoding,
  partial: PartialSuccess | undefined,
): Response {
  if (encoding === "application/json") {
    const told = partial &&
      { ...partial, rejectedDataPoints: String(partial.rejectedDataPoints) };
    return respond(
      encoding,
      200,
      JSON.stringify(told === undefined ? {} : { partialSuccess: told }),
    );
  }
  if (partial === undefined) return respond(encoding, 200, encodeFields([]));
  const { rejectedDataPoints, errorMessage } = partial;
  const told = encodeFields([[1, rejectedDataPoints], [2, errorMessage]]);
  return respond(encoding, 200, encodeFields([[1, told]]));
}

/** google.rpc.Code by the status of HTTP that stands for it; `INVALID_ARGUMENT` for any other. */
const CODES: ReadonlyMap<number, number> = new Map([
  [401, 16], // UNAUTHENTICATED
  [403, 7], // PERMISSION_DENIED
  [408, 4], // DEADLINE_EXCEEDED
  [429, 8], // RESOURCE_EXHAUSTED
  [500, 13], // INTERNAL
  [503, 14], // UNAVAILABLE
]);
const INVALID_ARGUMENT = 3;

/**
 * A problem as `google.rpc.Status`, in the encoding that the request came in, as OTLP/HTTP wants it of
 * every answer that is no success; JSON where the request has another type.
 */
export function statusResponse(request: Request, problem: Problem): Response {
  const { status, details: { headers } } = problem;
  const message = `${problem.code}: ${problem.message}`;
  const code = CODES.get(status) ?? INVALID_ARGUMENT;
  const encoding = encodingOf(request);
  if (encoding === "application/json") {
    return respond(encoding, status, JSON.stringify({ code, message }), headers);
  }
  return respond(encoding, status, encodeFields([[1, code], [2, message]]), headers);
}

function encodingOf(request: Request): OtlpEncoding {
  const isProtobuf = /^application\/x-protobuf\b/i.test(request.headers.get("content-type") ?? "");
  return isProtobuf ? "application/x-protobuf" : "application/json";
}

function respond(
  encoding: OtlpEncoding,
  status: number,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...headers, "content-type": encoding } });
}
