import type { NormalRow } from "../../scoring/detect/mod.ts";
import type { Change, EventLog, Keyset, Principal, TenantDb } from "../../domain/mod.ts";
import type { KnownRows } from "./known_rows.ts";

/** What a resolver knows of the request it answers: one per request, and one per stream. */
export interface Context {
  readonly principal: Principal;
  /** Every query goes through it, so that a resolver cannot leave the tenant. */
  readonly tenant: TenantDb;
  readonly events: EventLog;
  readonly cursors: CursorCodec;
  readonly stream: StreamPosition;
  /**
   * Head of the tenant's event log from before anything was read for this request: what the request
   * reads is at least as new, so that going on from it leaves no gap.
   */
  readonly headBefore: () => Promise<number>;
  /** What would make the rows of these anomalies normal, in their order; found off the main thread. */
  readonly normalRows: (anomalyIds: readonly string[]) => Promise<(NormalRow | null)[]>;
  /** Builds a change and commits it durably, anew when it was overtaken by another. */
  commit<T>(build: () => Promise<Change<T>>): Promise<T>;
  /** Wall clock, ms. */
  now(): number;
  newId(): string;
  /** Fills the bytes with randomness fit for secrets. */
  random(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/** Makes and reads the tenant's cursors; what it did not make for this tenant, it refuses. */
export interface CursorCodec {
  /** Position in the tenant's event log. */
  sealSeq(seq: number): string;
  /** Throws `CursorError` with `CURSOR_INVALID`. */
  openSeq(cursor: string): number;
  /** Position in the list of this name. */
  sealKeyset(list: string, keyset: Keyset): string;
  /** Throws `CursorError` with `CURSOR_INVALID`. */
  openKeyset(list: string, cursor: string): Keyset;
}

/** Where a subscription stands; the transport reads what the subscription field writes. */
export interface StreamPosition {
  /** `Last-Event-ID` of the request: wins over the argument `after`. */
  readonly lastEventId?: string;
  /** Cursor of the payload that was resolved last. */
  cursor?: string;
  /** Whether that payload only moved the cursor on. */
  isHeartbeat?: boolean;
  /** What the stream has read and is still true; only streams have it. */
  knownRows?: KnownRows;
  /** Aborted with a `StreamClosedError` when the reader may no longer read or has gone. */
  readonly signal: AbortSignal;
}
