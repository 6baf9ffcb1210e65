/** One thing that must work before an edge can do its work. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong, in words fit for anyone. */
  readonly detail?: string;
}

/** 200 when all checks are well, else 503; each by name. */
export function healthResponse(checks: readonly HealthCheck[]): Response {
  const ok = checks.every((check) => check.ok);
  const body = JSON.stringify({ status: ok ? "ok" : "unavailable", checks });
  return new Response(body, {
    status: ok ? 200 : 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
