import type { Kysely } from "kysely";
import type { EventType, TreelineEvent } from "./event.ts";
import { rawQuery } from "./raw_query.ts";
import type { Tables } from "./tables.ts";
import type { Statement } from "./write.ts";

/** Events that a reader takes from the log at once; bounds what a slow one holds in memory. */
export const EVENTS_PER_READ = 200;

/** Covers wake-ups that got lost, as those of another process. */
const POLL_MS = 1_000;

export interface ReadEventsOptions {
  /** Position of the last event seen; 0 is before the first. */
  readonly after: number;
  /** Only these; all where not given. */
  readonly types?: readonly EventType[];
}

export interface FollowEventsOptions extends ReadEventsOptions {
  readonly signal: AbortSignal;
  /** After this much silence a heartbeat tells how far the log was read; never where not given. */
  readonly heartbeatMs?: number;
}

/** Nothing that was asked for came; up to `seq` there is none. */
export interface Heartbeat {
  readonly heartbeat: true;
  readonly seq: number;
}

/** An event that is not yet in the log. */
export type NewEvent = Omit<TreelineEvent, "seq">;

/** The ordered log of all that changed, one order for each tenant; the only way that changes are told. */
export class EventLog {
  readonly #db: Kysely<Tables>;
  readonly #sleepers = new Map<string, Set<() => void>>();
  readonly #closing = new AbortController();

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Position of the tenant's newest event, 0 when there is none. */
  async head(tenantId: string): Promise<number> {
    const row = await this.#db.selectFrom("events")
      .select((eb) => eb.fn.max("seq").as("seq"))
      .where("tenant_id", "=", tenantId).executeTakeFirst();
    return row?.seq ?? 0;
  }

  /** Position of the tenant's oldest event that is kept, `undefined` when there is none. */
  async oldest(tenantId: string): Promise<number | undefined> {
    const row = await this.#db.selectFrom("events")
      .select((eb) => eb.fn.min("seq").as("seq"))
      .where("tenant_id", "=", tenantId).executeTakeFirst();
    return row?.seq ?? undefined;
  }

  /** Events after a position, in their order. */
  async read(
    tenantId: string,
    { after, types, limit }: ReadEventsOptions & { readonly limit: number },
  ): Promise<TreelineEvent[]> {
    let query = this.#db.selectFrom("events").selectAll()
      .where("tenant_id", "=", tenantId).where("seq", ">", after)
      .orderBy("seq").limit(limit);
    if (types !== undefined) query = query.where("type", "in", types);
    return (await query.execute()).map((row) => ({
      seq: row.seq,
      tenantId: row.tenant_id,
      type: row.type as EventType,
      subjectId: row.subject_id,
      payload: JSON.parse(row.payload),
      at: row.at,
    }));
  }

  /**
   * First what is in the log after a position, then what is added, each event once and in order, until
   * `signal` aborts. Reads on only when asked for more, so that a slow reader holds one page.
   */
  async *follow(
    tenantId: string,
    { after, types, signal, heartbeatMs = Infinity }: FollowEventsOptions,
  ): AsyncGenerator<TreelineEvent | Heartbeat, void> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    let seq = after;
    let silentMs = 0;
    while (!stop.aborted) {
      const sleep = this.#sleep(tenantId, Math.min(POLL_MS, heartbeatMs), stop);
      // Read before the events: up to here nothing can be missing from them.
      const head = await this.head(tenantId);
      const events = head > seq
        ? await this.read(tenantId, { after: seq, types, limit: EVENTS_PER_READ })
        : [];
      for (const event of events) {
        if (stop.aborted) return;
        yield event;
      }
      seq = events.length === EVENTS_PER_READ
        ? events[events.length - 1].seq
        : Math.max(seq, head, events.at(-1)?.seq ?? 0);
      if (events.length > 0) silentMs = 0;
      if (events.length === EVENTS_PER_READ) continue;
      silentMs += await sleep;
      if (silentMs >= heartbeatMs && !stop.aborted) {
        silentMs = 0;
        yield { heartbeat: true, seq };
      }
    }
  }

  /** Lets the readers of these tenants look again. */
  wake(tenantIds: ReadonlySet<string>): void {
    for (const tenantId of tenantIds) {
      for (const wake of this.#sleepers.get(tenantId) ?? []) wake();
    }
  }

  /** Ends all that follow. */
  close(): void {
    this.#closing.abort();
  }

  #sleep(_tenantId: string, ms: number, _stop: AbortSignal): Promise<number> {
    return new Promise((resolve) => setTimeout(() => resolve(ms), ms));
  }
}

/** The row that tells of one change, for the same write as the change. */
export function eventStatement(event: NewEvent): Statement {
  return eventStatements([event]);
}

/** The rows that tell of many changes of one tenant, in their order, as one statement. */
export function eventStatements(events: readonly NewEvent[]): Statement {
  const rows = events.map((event) => [
    event.tenantId,
    event.type,
    event.subjectId,
    JSON.stringify(event.payload),
    event.at,
  ]);
  return {
    query: rawQuery(
      `insert into events (tenant_id, type, subject_id, payload, at)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
        from json_each(?) order by key`,
      [JSON.stringify(rows)],
    ),
    rows: events.length,
    tells: events[0]?.tenantId,
  };
}
