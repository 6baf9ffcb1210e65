/** What a caller may name a request by. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** W3C trace context, version 00. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** How a request is found again in logs and traces. */
export interface RequestTrace {
  readonly requestId: string;
  /** Echoed when it was given and well formed. */
  readonly traceparent: string | undefined;
}

/** The caller's ids where they are well formed, else a new one. */
export function traceOf(headers: Headers, newId: () => string): RequestTrace {
  const requestId = headers.get("x-request-id");
  const traceparent = headers.get("traceparent");
  return {
    requestId: requestId !== null && REQUEST_ID.test(requestId) ? requestId : newId(),
    traceparent: traceparent !== null && TRACEPARENT.test(traceparent) ? traceparent : undefined,
  };
}

/** Writes the ids on an answer. */
export function withTrace(response: Response, { requestId, traceparent }: RequestTrace): Response {
  response.headers.set("x-request-id", requestId);
  if (traceparent !== undefined) response.headers.set("traceparent", traceparent);
  return response;
}
