import type { EventType, TreelineEvent } from "../../domain/mod.ts";
import type { Context } from "./context.ts";
import { CursorError } from "./cursor_error.ts";
import { ROW_CHANGES } from "./known_rows.ts";

/** Cursor that stands for the position before the oldest kept event. */
export const START_CURSOR = "START";

/** A filtered stream tells at least this often how far it has read. */
export const STREAM_HEARTBEAT_MS = 10_000;

/** UNAUTHENTICATED: the key was revoked. READER_TOO_SLOW: resume later. GOING_DOWN: resume at once. */
export type StreamClosedCode = "UNAUTHENTICATED" | "READER_TOO_SLOW" | "GOING_DOWN";

/** Why the server ended a stream; the reader goes on from its last cursor if it may. */
export class StreamClosedError extends Error {
  override readonly name = "StreamClosedError";
  constructor(readonly code: StreamClosedCode, message: string) {
    super(message);
  }
}

/** One step of a stream. Without a node it is a heartbeat: nothing that was asked for up to here. */
export interface Delivery<T> {
  readonly cursor: string;
  /** Wall clock of the commit, or of the heartbeat, ms. */
  readonly at: number;
  readonly node: T | null;
}

export interface StreamOptions<T> {
  /** Cursor to go on behind, `START`, or nothing for what comes from now on. */
  readonly after?: string | null;
  readonly types: readonly EventType[];
  /** What the event tells to this reader, `undefined` when its filter leaves the event out. */
  readonly select: (event: TreelineEvent) => T | undefined;
}

/**
 * Follows the tenant's event log from a cursor. Every event that `select` keeps comes once and in
 * order; heartbeats carry the cursor over stretches that it leaves out.
 *
 * @throws {CursorError} When the cursor is not the tenant's or older than the oldest kept event.
 * @throws {StreamClosedError} While it is read, when the server ends it.
 */
export async function openStream<T>(
  ctx: Context,
  options: StreamOptions<T>,
): Promise<AsyncIterableIterator<Delivery<T>>> {
  const after = await startOf(ctx, ctx.stream.lastEventId ?? options.after);
  const stop = new AbortController();
  const deliveries = deliver(
    ctx,
    options,
    after,
    AbortSignal.any([ctx.stream.signal, stop.signal]),
  );
  const stream: AsyncIterableIterator<Delivery<T>> = {
    next: () => deliveries.next(),
    // A generator that waits for its next event cannot return: it is woken by the signal first.
    return: () => {
      stop.abort();
      return deliveries.return(undefined);
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

/** Tells the transport where the stream stands, and passes the delivery on to its fields. */
export function delivered<T>(delivery: Delivery<T>, _args: unknown, ctx: Context): Delivery<T> {
  ctx.stream.cursor = delivery.cursor;
  ctx.stream.isHeartbeat = delivery.node === null;
  return delivery;
}

/** Position to begin behind. Cursors are of events that were in the log, or 0 for an empty one. */
async function startOf(ctx: Context, after: string | null | undefined): Promise<number> {
  const { tenantId } = ctx.tenant;
  if (typeof after !== "string") return await ctx.events.head(tenantId);
  const oldest = await ctx.events.oldest(tenantId);
  if (after === START_CURSOR) return oldest === undefined ? 0 : oldest - 1;
  const seq = ctx.cursors.openSeq(after);
  if (seq === 0) return 0;
  if (seq < (oldest ?? Infinity)) {
    throw new CursorError(
      "CURSOR_EXPIRED",
      "Cannot go on from the cursor as events behind it are no longer kept: begin with START",
    );
  }
  return seq;
}

async function* deliver<T>(
  ctx: Context,
  { types, select }: StreamOptions<T>,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Delivery<T>, undefined> {
  const { tenantId } = ctx.tenant;
  const knownRows = new Map();
  ctx.stream.knownRows = knownRows;
  let told = after;
  let toldAt = ctx.now();
  const steps = ctx.events.follow(tenantId, {
    after,
    types: [...types, ...ROW_CHANGES],
    signal,
    heartbeatMs: STREAM_HEARTBEAT_MS,
  });
  for await (const step of steps) {
    if ("type" in step && ROW_CHANGES.includes(step.type)) knownRows.clear();
    const node = "type" in step && types.includes(step.type) ? select(step) : undefined;
    const overdue = "heartbeat" in step || ctx.now() - toldAt >= STREAM_HEARTBEAT_MS;
    // A heartbeat that says nothing new would only be noise.
    if (node === undefined && (!overdue || step.seq === told)) continue;
    told = step.seq;
    toldAt = ctx.now();
    const cursor = ctx.cursors.sealSeq(step.seq);
    yield { cursor, at: "at" in step ? step.at : toldAt, node: node ?? null };
  }
  const { signal: closed } = ctx.stream;
  if (closed.aborted && closed.reason instanceof StreamClosedError) throw closed.reason;
  return undefined;
}
