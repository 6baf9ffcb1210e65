import { GraphQLError } from "graphql";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  QuotaExceededError,
  StorageError,
} from "../../domain/mod.ts";
import { CursorError, LimitError, StreamClosedError } from "../../schema/mod.ts";
import { ERROR_MESSAGE_LENGTH_MAX } from "./limits.ts";
import { RateLimitedError } from "./request_rate.ts";

/** A request refused before it is run: 400, save where only `application/json` is accepted. */
const REFUSED = { status: 400, spec: true };

/**
 * Makes what a resolver, the parser or the validator threw fit for the caller: a code always, the
 * message of what was expected, and of anything else nothing but that it happened.
 *
 * @param report Gets what was masked.
 * @param codeDefault Of errors of GraphQL itself that have none.
 */
export function toGraphQLError(
  thrown: unknown,
  report: (error: unknown) => void,
  codeDefault = "BAD_REQUEST",
): GraphQLError {
  const cause = causeOf(thrown);
  const coded = codeOf(cause);
  if (coded) return located(thrown, coded.message, coded.extensions);
  if (cause instanceof GraphQLError) return plain(cause, thrown, codeDefault);
  report(cause);
  const outage = cause instanceof StorageError;
  return located(
    thrown,
    outage ? "The database cannot be used now" : "Something went wrong here",
    { code: outage ? "UNAVAILABLE" : "INTERNAL_SERVER_ERROR" },
  );
}

interface Coded {
  readonly message: string;
  readonly extensions: Record<string, unknown>;
}

function codeOf(cause: unknown): Coded | undefined {
  if (cause instanceof LimitError) {
    const limit = { name: cause.limit, value: cause.value };
    return coded(cause, "LIMIT_EXCEEDED", { limit, http: REFUSED });
  }
  if (cause instanceof RateLimitedError) {
    const limit = { name: cause.limit, value: cause.value };
    const { retryAfterSeconds } = cause;
    return coded(cause, "RATE_LIMITED", { limit, retryAfterSeconds });
  }
  if (cause instanceof CursorError) return coded(cause, cause.code);
  if (cause instanceof StreamClosedError) return coded(cause, cause.code);
  if (cause instanceof NotFoundError) return coded(cause, "NOT_FOUND");
  if (cause instanceof ForbiddenError) return coded(cause, "FORBIDDEN");
  if (cause instanceof ConflictError) return coded(cause, "CONFLICT");
  if (cause instanceof InvalidInputError) {
    return coded(cause, "INVALID_INPUT", { field: cause.field });
  }
  if (cause instanceof QuotaExceededError) {
    return coded(cause, "QUOTA_EXCEEDED", { limit: { name: cause.quota, value: cause.limit } });
  }
  return undefined;
}

function coded(error: Error, code: string, extensions: Record<string, unknown> = {}): Coded {
  return { message: error.message, extensions: { code, ...extensions } };
}

/** Errors of GraphQL itself; their messages may quote the caller and give names of the schema away. */
function plain(error: GraphQLError, thrown: unknown, codeDefault: string): GraphQLError {
  const { code = codeDefault, http = REFUSED } = error.extensions;
  return located(thrown, withoutSuggestion(error.message), { code, http });
}

function located(
  thrown: unknown,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLError {
  const { nodes, source, positions, path } = thrown instanceof GraphQLError
    ? thrown
    : {} as Partial<GraphQLError>;
  const short = message.length > ERROR_MESSAGE_LENGTH_MAX
    ? `${message.slice(0, ERROR_MESSAGE_LENGTH_MAX)}…`
    : message;
  return new GraphQLError(short, { nodes, source, positions, path, extensions });
}

function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean [^?]*\?/g, "");
}

/** What was thrown first: executors wrap it to say where. */
function causeOf(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}
