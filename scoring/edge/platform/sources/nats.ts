// Named here and not in the import map: only an edge with such a source may fetch them.
import {
  type ConsumerConfig,
  type ConsumerUpdateConfig,
  jetstream,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
} from "npm:@nats-io/jetstream@3.4.0";
import { connect, type NatsConnection } from "npm:@nats-io/transport-node@3.4.0";
import {
  BYTES_IN_WORK_MAX,
  filterOf,
  MessageBuffer,
  MESSAGES_IN_WORK_MAX,
  type NatsConfig,
  OPEN_MS_MAX,
  type OpenSource,
  type SourceConnection,
  type SourceMessage,
} from "../../sources/mod.ts";
import { sleep } from "../../async/sleep.ts";
import { readSecret, readTls } from "./secrets.ts";

/** How often the server is asked whether it is there, ms; the second silence ends the connection. */
const PING_MS = 15_000;

/**
 * After this a message that was not acknowledged comes again, ms. What a killed edge has left comes
 * back this soon; an edge that needs longer says so.
 */
const ACKNOWLEDGE_WAIT_MS = 2_000;

/** How often the server hears that messages are still worked on, ms. */
const WORKING_MS = 700;

/** By how much the server's clock for messages may lag, ms. */
const MARGIN_MS = 300;

const CONSUMER_NOT_FOUND = 10_014;

/** Reads a stream of JetStream as a durable consumer. */
export function natsOpener(config: NatsConfig): OpenSource {
  return async ({ signal }) => {
    const server = await connectTo(config);
    const abort = () => void server.close();
    signal.addEventListener("abort", abort);
    try {
      const isBehind = await ensureConsumer(await jetstreamManager(server), config);
      // Else newer messages would come before those that a connection before this one has left.
      if (isBehind) await sleep(ACKNOWLEDGE_WAIT_MS + MARGIN_MS, signal);
      const connection = new JetStreamConnection(server);
      await connection.begin(config);
      return connection;
    } catch (error) {
      await server.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  };
}

async function connectTo(config: NatsConfig): Promise<NatsConnection> {
  const { host, port, isTls, tls, credentials } = config;
  const password = await readSecret(credentials.password);
  const token = await readSecret(credentials.token);
  // The client names no host where it is an address; a certificate would be held against "localhost".
  const verified = { ...await readTls(tls), host };
  return await connect({
    servers: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    name: config.durable,
    timeout: OPEN_MS_MAX,
    pingInterval: PING_MS,
    reconnect: false,
    ...credentials.username === undefined ? {} : { user: credentials.username },
    ...password === undefined ? {} : { pass: password },
    ...token === undefined ? {} : { token },
    ...isTls ? { tls: verified } : {},
  });
}

/**
 * Makes the durable consumer, or gives the one there is the topics of the configuration; whether
 * messages were given out before and not acknowledged.
 */
async function ensureConsumer(
  manager: JetStreamManager,
  { stream, durable, reading }: NatsConfig,
): Promise<boolean> {
  const filters = reading.topics.map((topic) => filterOf(topic, { one: "*", rest: ">" }));
  const settings: ConsumerUpdateConfig = {
    ack_wait: ACKNOWLEDGE_WAIT_MS * 1_000_000,
    max_ack_pending: MESSAGES_IN_WORK_MAX,
    // Servers before 2.10 know one filter.
    ...filters.length === 1 ? { filter_subject: filters[0] } : { filter_subjects: filters },
  };
  try {
    await manager.consumers.info(stream, durable);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_NOT_FOUND) throw error;
    const fresh: Partial<ConsumerConfig> = { durable_name: durable, ack_policy: "explicit" };
    await manager.consumers.add(stream, { ...fresh, ...settings });
    return false;
  }
  const { num_ack_pending } = await manager.consumers.update(stream, durable, settings);
  return num_ack_pending > 0;
}

class JetStreamConnection implements SourceConnection {
  readonly #server: NatsConnection;
  readonly #buffer = new MessageBuffer<JsMsg>(({ data }) => data.length);
  readonly #unacknowledged = new Set<JsMsg>();
  readonly #working: ReturnType<typeof setInterval>;
  #given: readonly JsMsg[] = [];
  #lag: number | null = null;

  constructor(server: NatsConnection) {
    this.#server = server;
    this.#working = setInterval(() => this.#tellWorking(), WORKING_MS);
    server.closed().then((error) => {
      clearInterval(this.#working);
      this.#buffer.fail(error ?? new Error("The server has gone"));
    });
  }

  get lag(): number | null {
    return this.#lag;
  }

  async begin({ stream, durable }: NatsConfig): Promise<void> {
    const consumer = await jetstream(this.#server).consumers.get(stream, durable);
    const messages = await consumer.consume({
      max_bytes: BYTES_IN_WORK_MAX,
      abort_on_missing_resource: true,
    });
    this.#lag = (await consumer.info(true)).num_pending;
    this.#pump(messages);
  }

  async next(signal: AbortSignal): Promise<readonly SourceMessage[]> {
    this.#given = await this.#buffer.next(signal);
    this.#lag = this.#given.at(-1)?.info.pending ?? this.#lag;
    return this.#given.map(messageOf);
  }

  async acknowledge(): Promise<void> {
    for (const message of this.#given) {
      message.ack();
      this.#unacknowledged.delete(message);
    }
    this.#given = [];
    await this.#server.flush();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  #tellWorking(): void {
    if (this.#server.isClosed()) return;
    for (const message of this.#unacknowledged) message.working();
  }

  async #pump(messages: AsyncIterable<JsMsg>): Promise<void> {
    try {
      for await (const message of messages) {
        this.#unacknowledged.add(message);
        await this.#buffer.room();
        this.#buffer.push(message);
      }
      this.#buffer.fail(new Error("The stream or its consumer has ended"));
    } catch (error) {
      this.#buffer.fail(error);
    }
  }
}

function messageOf({ seq, subject, data, timestampNanos }: JsMsg): SourceMessage {
  return {
    id: String(seq),
    topic: subject,
    body: data,
    // When the server took it: the same at each delivery.
    at: Number(timestampNanos / 1_000_000n),
  };
}
