import type { Kysely } from "kysely";
import { Alarm } from "./alarm.ts";
import type { EventType, TreelineEvent } from "./event.ts";
import { rawQuery } from "./raw_query.ts";
import type { Tables } from "./tables.ts";
import type { Statement, Told } from "./write.ts";

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

export interface ListenOptions {
  readonly types: readonly EventType[];
  readonly signal: AbortSignal;
}

/** Nothing that was asked for came; up to `seq` there is none. */
export interface Heartbeat {
  readonly heartbeat: true;
  readonly seq: number;
}

/** An event that is not yet in the log. */
export type NewEvent = Omit<TreelineEvent, "seq">;

/** What one look at the log has found. */
interface Look {
  readonly events: readonly TreelineEvent[];
  /** Up to here nothing is missing from `events`. */
  readonly seq: number;
}

/** The ordered log of all that changed, one order for each tenant; the only way that changes are told. */
export class EventLog {
  readonly #db: Kysely<Tables>;
  /** Of those who follow, by tenant, each with the types that it wants. */
  readonly #alarms = new Map<string, Map<Alarm, readonly EventType[] | undefined>>();
  /** Readers that stand at the same place share one look. */
  readonly #looks = new Map<string, Promise<Look>>();
  /** Of those who listen for commits, by tenant. */
  readonly #listeners = new Map<string, Set<(told: Told) => void>>();
  readonly #closing = new AbortController();
  #poll: ReturnType<typeof setInterval> | undefined;

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
   * `signal` aborts or the log is closed. Reads on only when asked for more, so that a slow reader
   * holds one page. Rejects with `StorageError` when the log cannot be read.
   */
  async *follow(
    tenantId: string,
    { after, types, signal, heartbeatMs }: FollowEventsOptions,
  ): AsyncGenerator<TreelineEvent | Heartbeat, void> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    const alarm = new Alarm();
    const heart = new Heart(heartbeatMs, () => alarm.ring());
    stop.addEventListener("abort", () => alarm.ring(), { once: true });
    this.#register(tenantId, alarm, types);
    try {
      for (let seq = after; !stop.aborted;) {
        const look = await this.#look(tenantId, seq, types);
        for (const event of look.events) {
          if (stop.aborted) return;
          yield event;
          heart.restart();
        }
        seq = look.seq;
        if (look.events.length === EVENTS_PER_READ || stop.aborted) continue;
        if (heart.takeBeat()) yield { heartbeat: true, seq };
        else await alarm.sleep();
      }
    } finally {
      heart.stop();
      this.#unregister(tenantId, alarm);
    }
  }

  /**
   * Calls `onCommit` for each commit of this process that adds one of these types, before the commit
   * resolves: what whoever awaited it does next finds it heard. Commits of others are in the log alone.
   */
  listen(tenantId: string, { types, signal }: ListenOptions, onCommit: () => void): void {
    const listener = (told: Told) => {
      if (types.some((type) => told.types.has(type))) onCommit();
    };
    const listeners = this.#listeners.get(tenantId) ?? new Set();
    this.#listeners.set(tenantId, listeners.add(listener));
    signal.addEventListener("abort", () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(tenantId);
    }, { once: true });
  }

  /** Takes note of what a commit of this process has added. */
  committed(additions: readonly Told[]): void {
    for (const told of additions) {
      for (const listener of this.#listeners.get(told.tenantId) ?? []) listener(told);
      // Whom none of it concerns sleeps on: most commits are of points and incidents alone.
      for (const [alarm, types] of this.#alarms.get(told.tenantId) ?? []) {
        if (types === undefined || types.some((type) => told.types.has(type))) alarm.ring();
      }
    }
  }

  /** Lets all who follow look again. */
  #wakeAll(): void {
    for (const alarms of this.#alarms.values()) {
      for (const alarm of alarms.keys()) alarm.ring();
    }
  }

  /** Ends all that follow. */
  close(): void {
    this.#closing.abort();
  }

  #look(tenantId: string, after: number, types?: readonly EventType[]): Promise<Look> {
    const key = JSON.stringify([tenantId, after, types]);
    const shared = this.#looks.get(key);
    if (shared !== undefined) return shared;
    const look = this.#lookAlone(tenantId, after, types).finally(() => this.#looks.delete(key));
    this.#looks.set(key, look);
    return look;
  }

  async #lookAlone(tenantId: string, after: number, types?: readonly EventType[]): Promise<Look> {
    // The head comes first: all events up to it are there when the events are read.
    const head = await this.head(tenantId);
    if (head <= after) return { events: [], seq: after };
    const events = await this.read(tenantId, { after, types, limit: EVENTS_PER_READ });
    const last = events.at(-1)?.seq ?? after;
    return { events, seq: events.length === EVENTS_PER_READ ? last : Math.max(head, last) };
  }

  #register(tenantId: string, alarm: Alarm, types: readonly EventType[] | undefined): void {
    const alarms = this.#alarms.get(tenantId) ?? new Map();
    this.#alarms.set(tenantId, alarms.set(alarm, types));
    this.#poll ??= setInterval(() => this.#wakeAll(), POLL_MS);
  }

  #unregister(tenantId: string, alarm: Alarm): void {
    const alarms = this.#alarms.get(tenantId);
    alarms?.delete(alarm);
    if (alarms?.size === 0) this.#alarms.delete(tenantId);
    if (this.#alarms.size > 0) return;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}

/** Beats after each time of silence. */
class Heart {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = false;

  constructor(private readonly ms: number | undefined, private readonly onBeat: () => void) {
    this.restart();
  }

  restart(): void {
    this.stop();
    this.#due = false;
    if (this.ms === undefined) return;
    this.#timer = setTimeout(() => {
      this.#due = true;
      this.onBeat();
    }, this.ms);
  }

  /** Whether a beat is due; then the next silence begins. */
  takeBeat(): boolean {
    const due = this.#due;
    if (due) this.restart();
    return due;
  }

  stop(): void {
    clearTimeout(this.#timer);
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
    tells: events.length > 0 ? toldOf(events) : undefined,
  };
}

function toldOf(events: readonly NewEvent[]): Told {
  return { tenantId: events[0].tenantId, types: new Set(events.map(({ type }) => type)) };
}
