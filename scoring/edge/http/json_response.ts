import type { Answer } from "./idempotency.ts";

/** Shared by all answers, which read it alone. */
const HEADERS = { "content-type": "application/json" };

/** An answer as JSON. */
export function jsonResponse({ status, body }: Answer): Response {
  return new Response(body, { status, headers: HEADERS });
}
