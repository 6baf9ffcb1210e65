/** One thing that must work before an edge can do its work. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong, in words fit for anyone. */
  readonly detail?: string;
  /** Told, but the edge does its work without it. */
  readonly isAdvice?: boolean;
}

/** 200 when all checks but those for advice are well, else 503; each by name. */
export function healthResponse(checks: readonly HealthCheck[]): Response {
  const ok = checks.every((check) => check.ok || check.isAdvice);
  const told = checks.map(({ isAdvice: _, ...check }) => check);
  const body = JSON.stringify({ status: ok ? "ok" : "unavailable", checks: told });
  return new Response(body, {
    status: ok ? 200 : 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
