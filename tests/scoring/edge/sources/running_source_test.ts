import { assert, assertEquals } from "@std/assert";
import {
  parseSources,
  RunningSource,
  SOURCE_DEAD_LETTERS_MAX,
  type SourceConnection,
  type SourceMessage,
  type SourceOptions,
  type SourceState,
} from "../../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { createSourceKeeper, openTables } from "../../../../scoring/edge/standalone/store/mod.ts";
import { NOW } from "../kit.ts";
import { senderEdge } from "../senders/sender_kit.ts";

const [CONFIG] = parseSources(
  JSON.stringify({
    sources: [{ name: "a", client: "mqtt", url: "mqtt://a", topics: ["{device}/{metric}"] }],
  }),
  "edge-1",
);

function message(value: number): SourceMessage {
  const body = new TextEncoder().encode(JSON.stringify({ value, at: NOW - 1_000 + value }));
  return { id: String(value), topic: "boiler/heat", body, at: NOW };
}

/** A broker that gives its messages again until they are acknowledged. */
class FakeBroker {
  readonly waiting: SourceMessage[][];
  opened = 0;
  closed = 0;
  /** Runs at each acknowledgement, before it counts. */
  onAcknowledge: () => void = () => {};
  #done = Promise.withResolvers<void>();

  constructor(...batches: SourceMessage[][]) {
    this.waiting = batches;
  }

  /** Resolves once everything is acknowledged. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  open(): Promise<SourceConnection> {
    this.opened++;
    return Promise.resolve({
      lag: null,
      next: () => this.waiting.length > 0 ? Promise.resolve(this.waiting[0]) : FOREVER,
      acknowledge: () => {
        this.onAcknowledge();
        this.waiting.shift();
        if (this.waiting.length === 0) this.#done.resolve();
        return Promise.resolve();
      },
      close: () => {
        this.closed++;
        return Promise.resolve();
      },
    });
  }
}

const FOREVER = new Promise<never>(() => {});

/** Runs a source until `ends`, over an edge that knows every name. */
async function run(ends: Promise<void>, options: Partial<SourceOptions>) {
  const edge = senderEdge();
  const database = openSqlite(":memory:");
  openTables(database);
  const states: SourceState[] = [];
  const source = new RunningSource({
    name: "a",
    client: "mqtt",
    isRequired: false,
    reading: CONFIG.reading,
    open: () => FOREVER,
    intake: () => edge.intake,
    keeper: createSourceKeeper(database, () => NOW),
    now: () => NOW,
    random: () => 0,
    onChange: (state) => states.push(state),
    reconnectMsMax: 1,
    ...options,
  });
  const stop = new AbortController();
  const running = source.run(stop.signal);
  await ends;
  stop.abort();
  await running;
  const status = source.status();
  database.close();
  return { edge, states, status };
}

Deno.test("a message is acknowledged after its points are stored, not before", async () => {
  const broker = new FakeBroker([message(1), message(2)], [message(3)]);
  const edge = senderEdge();
  const storedAtAcknowledge: number[] = [];
  broker.onAcknowledge = () => storedAtAcknowledge.push(Object.keys(edge.stored()).length);
  await run(broker.done, { open: () => broker.open(), intake: () => edge.intake });
  assertEquals(storedAtAcknowledge, [2, 3]);
});

Deno.test("a lost acknowledgement brings messages again, whose points are known", async () => {
  const broker = new FakeBroker([message(1), message(2)]);
  let losses = 2;
  broker.onAcknowledge = () => {
    if (losses-- > 0) throw new Error("lost");
  };
  const { states, status } = await run(broker.done, { open: () => broker.open() });
  assertEquals([broker.opened, broker.closed], [3, 3]);
  assertEquals([status.accepted, status.duplicates, status.messages], [0, 2, 2]);
  assertEquals(states, ["connected", "down", "connected", "down", "connected", "ended"]);
});

Deno.test("while points cannot be recorded the source waits, and nothing is acknowledged", async () => {
  const broker = new FakeBroker([message(1)]);
  const edge = senderEdge();
  let tries = 0;
  const intake = () => {
    if (++tries < 2) throw new Error("no tenant yet");
    return edge.intake;
  };
  const { states, status } = await run(broker.done, { open: () => broker.open(), intake });
  assertEquals(states, ["connected", "waiting", "connected", "ended"]);
  assertEquals([status.accepted, status.error], [1, null]);
});

Deno.test("dead letters are bounded, the newest are told without their bodies", async () => {
  const bad = Array.from({ length: SOURCE_DEAD_LETTERS_MAX + 5 }, (_, index) => ({
    ...message(index),
    body: new TextEncoder().encode("{"),
  }));
  const broker = new FakeBroker(bad.slice(0, 600), bad.slice(600));
  const { status } = await run(broker.done, { open: () => broker.open() });
  assertEquals([status.deadLetters, status.accepted], [bad.length, 0]);
  const { messageId, code } = status.newestDeadLetters[0];
  assertEquals([messageId, code], [String(bad.length - 1), "JSON_INVALID"]);
  assertEquals(status.newestDeadLetters.length, 10);
  assert(!("body" in status.newestDeadLetters[0]));
});

Deno.test("a source that hangs ends when it is told to, and closes what opens too late", async () => {
  const late = Promise.withResolvers<SourceConnection>();
  await run(Promise.resolve(), { open: () => late.promise });
  const broker = new FakeBroker();
  late.resolve(await broker.open());
  await late.promise;
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(broker.closed, 1);
});
