/** Every problem that the edge can answer with: its status and title. */
const PROBLEMS = {
  AUTH_AMBIGUOUS: [400, "More than one credential"],
  AUTH_REQUIRED: [401, "A valid API key is required"],
  BODY_ABORTED: [400, "Body ended early"],
  BODY_EMPTY: [400, "Body is empty"],
  BODY_ENCODING_INVALID: [400, "Body does not decompress"],
  BODY_FRAGMENTED: [400, "Body came in too many small pieces"],
  BODY_LENGTH_INVALID: [400, "Body has no multiple of the row's length"],
  BODY_NOT_UTF8: [400, "Body is not UTF-8"],
  BODY_TIMEOUT: [408, "Body took too long"],
  BODY_TOO_LARGE: [413, "Body is too large"],
  CSV_INVALID: [400, "Body is not a CSV table with a heading"],
  CONFLICT: [409, "Does not fit what is there"],
  DISK_FULL: [503, "Disk is full"],
  ENCODING_UNSUPPORTED: [415, "Content encoding is not supported"],
  EXPLANATION_UNSUPPORTED: [422, "The model cannot explain itself in this way"],
  FORBIDDEN: [403, "The key's role does not allow this"],
  IDEMPOTENCY_KEY_IN_USE: [409, "The first request with this key is still running"],
  IDEMPOTENCY_KEY_INVALID: [400, "Idempotency key is malformed"],
  IDEMPOTENCY_KEY_REUSED: [422, "Idempotency key was used for another body"],
  INPUT_INVALID: [422, "A field is not acceptable"],
  INTERNAL: [500, "Something went wrong here"],
  JSON_INVALID: [400, "Body is not valid JSON"],
  JSON_TOO_COMPLEX: [413, "JSON has too many parts"],
  METHOD_NOT_ALLOWED: [405, "Method is not allowed"],
  MODEL_NEEDS_SERIES: [422, "The model judges points in order of time, not single rows"],
  MODEL_UNKNOWN: [404, "No such model"],
  NO_DURABLE_STORE: [503, "No durable store"],
  NOT_FOUND: [404, "No such resource"],
  NOT_RECORDED: [503, "Nothing was recorded"],
  NOT_READY: [503, "Not ready yet"],
  OTLP_INVALID: [400, "Body is not the OTLP message that it should be"],
  OUTBOX_FULL: [503, "Outbox is full"],
  PARAMETER_INVALID: [400, "A parameter of the query is not acceptable"],
  POINTS_TOO_MANY: [413, "Too many points"],
  PROTOBUF_INVALID: [400, "Body is not the protobuf message that it should be"],
  QUEUE_FULL: [503, "Too many requests are waiting"],
  RATE_LIMITED: [429, "Too many requests"],
  SAMPLES_REFUSED: [400, "Some samples were refused, the others are kept"],
  SAMPLES_TOO_MANY: [413, "Too many series or samples"],
  STREAMS_TOO_MANY: [429, "Too many streams are open"],
  SYNC_GAP: [409, "Items do not follow the last one"],
  TYPE_UNSUPPORTED: [415, "Content type is not supported"],
  VECTORS_TOO_MANY: [413, "Too many vectors"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  /** Path of the offending value, as `points[3].at`. */
  readonly field?: string;
  /** The limit that was passed. */
  readonly limit?: number;
  /** Further headers of the answer, as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of a whole request, told as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;

  /** @param message What was found and wanted, for the caller's eyes. */
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly details: ProblemDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = PROBLEMS[code][0];
  }

  /** The problem as an answer. */
  toResponse(requestId: string): Response {
    const { field, limit, headers } = this.details;
    const body = {
      type: `urn:treeline:problem:${this.code}`,
      title: PROBLEMS[this.code][1],
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(field === undefined ? {} : { field }),
      ...(limit === undefined ? {} : { limit }),
      requestId,
    };
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { "content-type": "application/problem+json", ...headers },
    });
  }
}

/** Codes and statuses of all problems, for the interface's description. */
export function listProblems(): { code: ProblemCode; status: number; title: string }[] {
  return Object.entries(PROBLEMS).map(([code, [status, title]]) => (
    { code: code as ProblemCode, status, title }
  ));
}

/** Longest part of a caller's value that an answer repeats. */
const QUOTE_LENGTH_MAX = 64;

/** A caller's value, short and escaped, for a message. */
export function quoted(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  const short = value.length > QUOTE_LENGTH_MAX ? value.slice(0, QUOTE_LENGTH_MAX) + "…" : value;
  return JSON.stringify(short.toWellFormed());
}
