// Named here and not in the import map: only an edge with such a source may fetch it.
import { createClient } from "npm:@redis/client@6.3.1";
import {
  entryBody,
  MESSAGES_IN_WORK_MAX,
  OPEN_MS_MAX,
  type OpenSource,
  type RedisConfig,
  type SourceConnection,
  type SourceMessage,
} from "../../sources/mod.ts";
import { readSecret, readTls } from "./secrets.ts";

/** How long the server is asked to wait for entries, ms. */
const BLOCK_MS = 1_000;

/** A server that does not answer for so long, ms, is gone. */
const ANSWER_MS_MAX = 10_000;

/** How often the server is asked what waits, ms. */
const LAG_EVERY_MS = 5_000;

type Send = (command: readonly string[]) => Promise<unknown>;

/** Reads streams as a member of a consumer group, its own entries that were not acknowledged first. */
export function redisOpener(config: RedisConfig, now: () => number): OpenSource {
  return async ({ signal }) => {
    const client = await createRedis(config);
    const abort = () => client.destroy();
    signal.addEventListener("abort", abort);
    try {
      await client.connect();
      const send: Send = (command) => client.sendCommand([...command]);
      for (const stream of config.streams) await makeGroup(send, stream, config.group);
      return new RedisConnection(config, send, () => client.destroy(), now);
    } catch (error) {
      if (client.isOpen) client.destroy();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  };
}

async function createRedis({ host, port, isTls, tls, credentials, database }: RedisConfig) {
  const { ca, cert, key } = await readTls(tls);
  const common = {
    host,
    port,
    connectTimeout: OPEN_MS_MAX,
    socketTimeout: ANSWER_MS_MAX,
    // A new connection is a new client, so that its own entries are read again.
    reconnectStrategy: false,
  } as const;
  const client = createClient({
    socket: isTls ? { ...common, tls: true, ca, cert, key } : common,
    username: credentials.username,
    password: await readSecret(credentials.password),
    database,
    RESP: 2,
    disableOfflineQueue: true,
    // It would read the environment, which this process may not.
    maintNotifications: "disabled",
  });
  // Errors come out of the command that they end; without a listener they would end the process.
  client.on("error", () => {});
  return client;
}

/** From the beginning, so that what was written before the first start counts as well. */
async function makeGroup(send: Send, stream: string, group: string): Promise<void> {
  try {
    await send(["XGROUP", "CREATE", stream, group, "0", "MKSTREAM"]);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
  }
}

/** As RESP 2 has it: an entry that was trimmed away meanwhile has no fields. */
type Entry = readonly [id: string, fields: readonly string[] | null];
type Reply = readonly (readonly [stream: string, entries: readonly Entry[]])[] | null;

class RedisConnection implements SourceConnection {
  readonly #config: RedisConfig;
  readonly #send: Send;
  readonly #destroy: () => void;
  readonly #now: () => number;
  /** Whether entries may be left that this consumer was given before. */
  #hasOwn = true;
  #given: { readonly stream: string; readonly ids: readonly string[] }[] = [];
  #lag: number | null = null;
  #lagAt = -Infinity;

  constructor(config: RedisConfig, send: Send, destroy: () => void, now: () => number) {
    this.#config = config;
    this.#send = send;
    this.#destroy = destroy;
    this.#now = now;
  }

  get lag(): number | null {
    return this.#lag;
  }

  async next(): Promise<readonly SourceMessage[]> {
    await this.#readLag();
    const reply = await this.#read(this.#hasOwn ? "0" : ">");
    const streams = (reply ?? []).filter(([, entries]) => entries.length > 0);
    if (streams.length === 0) this.#hasOwn = false;
    this.#given = streams.map(([stream, entries]) => ({ stream, ids: entries.map(([id]) => id) }));
    const messages = streams.flatMap(([stream, entries]) =>
      entries.flatMap((entry) => this.#messageOf(stream, entry))
    );
    // Nothing is left of these entries, so nobody else will acknowledge them.
    if (messages.length === 0) await this.acknowledge();
    return messages;
  }

  async acknowledge(): Promise<void> {
    const given = this.#given;
    this.#given = [];
    for (const { stream, ids } of given) {
      await this.#send(["XACK", stream, this.#config.group, ...ids]);
    }
  }

  close(): Promise<void> {
    this.#destroy();
    return Promise.resolve();
  }

  async #read(from: "0" | ">"): Promise<Reply> {
    const { streams, group, consumer } = this.#config;
    // The server counts by stream.
    const count = Math.max(1, Math.floor(MESSAGES_IN_WORK_MAX / streams.length));
    return await this.#send([
      ...["XREADGROUP", "GROUP", group, consumer, "COUNT", String(count)],
      ...["BLOCK", String(BLOCK_MS), "STREAMS", ...streams, ...streams.map(() => from)],
    ]) as Reply;
  }

  #messageOf(stream: string, [id, fields]: Entry): SourceMessage[] {
    if (fields === null) return [];
    const named = new Map<string, string>();
    for (let i = 0; i + 1 < fields.length; i += 2) named.set(fields[i], fields[i + 1]);
    const message = { id, topic: stream, at: Number(id.slice(0, id.indexOf("-"))) };
    const { payloadField } = this.#config;
    if (payloadField === undefined) return [{ ...message, body: entryBody(named) }];
    const payload = named.get(payloadField);
    if (payload !== undefined) return [{ ...message, body: new TextEncoder().encode(payload) }];
    const why = `Cannot find field "${payloadField}" in the entry`;
    return [{ ...message, body: entryBody(named), fault: { code: "FIELD_MISSING", message: why } }];
  }

  async #readLag(): Promise<void> {
    if (this.#now() - this.#lagAt < LAG_EVERY_MS) return;
    this.#lagAt = this.#now();
    let lag: number | null = 0;
    for (const stream of this.#config.streams) {
      const groups = await this.#send(["XINFO", "GROUPS", stream]) as readonly unknown[][];
      const own = groups.find((group) => valueOf(group, "name") === this.#config.group);
      const waiting = own && valueOf(own, "lag");
      // Servers before 7 do not tell, and later ones not after entries were deleted.
      lag = typeof waiting === "number" && lag !== null ? lag + waiting : null;
    }
    this.#lag = lag;
  }
}

/** Of a list of names and values in turn. */
function valueOf(list: readonly unknown[], name: string): unknown {
  const index = list.indexOf(name);
  return index < 0 ? undefined : list[index + 1];
}
