import type { Awaitable } from "../async/awaitable.ts";
import { NotRecordedError, QueueFullError } from "../ingest/mod.ts";
import { DiskFullError, OutboxFullError } from "../store.ts";
import { Problem } from "../wire/mod.ts";
import type { Add, EdgeMetrics, Observe } from "./metrics.ts";
import { type RequestTrace, traceOf, withTrace } from "./request_trace.ts";

export interface GuardOptions {
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Names requests that bring no id. */
  readonly newId: () => string;
  readonly metrics: EdgeMetrics;
  /** Told of every failure that is answered with a 5xx, but for what the caller alone is to know. */
  readonly onError?: (error: unknown, trace: RequestTrace) => void;
}

/**
 * A handler that may throw; `Problem`s are answers, anything else is masked.
 * @param id The parameter of the path, empty where it has none.
 */
export type Handler = (request: Request, id: string) => Awaitable<Response>;

/** A handler that throws no more. */
export type Guarded = (request: Request, id?: string) => Promise<Response>;

/** How a route tells a problem in its sender's own words. */
export type TellProblem = (request: Request, problem: Problem) => Response;

/**
 * Wraps a handler: ids, counters, and an answer for whatever it throws, which is a problem document
 * unless `tell` makes another.
 */
export type Guard = (route: string, handler: Handler, tell?: TellProblem) => Guarded;

/** Seconds after which a sender may try again what failed here. */
const RETRY_AFTER = { "retry-after": "1" };

/** Room on a disk is made by people or by time. */
const RETRY_AFTER_FULL = { "retry-after": "10" };

export function createGuard({ now, newId, metrics, onError }: GuardOptions): Guard {
  const refusal = (error: unknown, trace: RequestTrace) => {
    const problem = problemOf(error);
    if (problem.status >= 500 && !isOwnWord(error)) onError?.(error, trace);
    return problem;
  };
  return (route, handler, tell) => {
    const told = answeredOf(metrics, route);
    return async (request, id = "") => {
      const startedAt = now();
      const trace = traceOf(request.headers, newId);
      let response: Response;
      try {
        response = await handler(request, id);
      } catch (error) {
        const problem = refusal(error, trace);
        response = tell?.(request, problem) ?? problem.toResponse(trace.requestId);
      }
      told(response.status, Math.max(0, now() - startedAt) / 1_000);
      return withTrace(response, trace);
    };
  };
}

/** Counts a route's answers; samples appear with its first one. */
function answeredOf(
  metrics: EdgeMetrics,
  route: string,
): (status: number, seconds: number) => void {
  const counters = new Map<number, Add>();
  let observe: Observe | undefined;
  return (status, seconds) => {
    let count = counters.get(status);
    if (count === undefined) {
      const labels = { route, status: String(status) };
      count = metrics.counter("treeline_http_requests_total", "Requests answered", labels);
      counters.set(status, count);
    }
    count();
    observe ??= metrics.histogram("treeline_http_duration_seconds", "Time to answer", { route });
    observe(seconds);
  };
}

/** An answer that was meant, as that nothing can be kept here, and no failure. */
function isOwnWord(error: unknown): boolean {
  return error instanceof QueueFullError || error instanceof Problem && error.cause === undefined;
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueueFullError) {
    return new Problem("QUEUE_FULL", error.message, { limit: error.limit, headers: RETRY_AFTER });
  }
  const cause = error instanceof NotRecordedError ? error.cause : error;
  if (cause instanceof DiskFullError) {
    return new Problem("DISK_FULL", cause.message, { headers: RETRY_AFTER_FULL });
  }
  if (cause instanceof OutboxFullError) {
    return new Problem("OUTBOX_FULL", cause.message, { headers: RETRY_AFTER });
  }
  if (error instanceof NotRecordedError) {
    const message = "Cannot record this now: send it again";
    return new Problem("NOT_RECORDED", message, { headers: RETRY_AFTER });
  }
  return new Problem("INTERNAL", "Cannot answer because of a fault here, which was noted");
}
