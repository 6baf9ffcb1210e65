import {
  filterOf,
  MESSAGE_BYTES_MAX,
  MessageBuffer,
  MESSAGES_IN_WORK_MAX,
  type MqttConfig,
  type OpenSource,
  type SourceConnection,
  type SourceMessage,
} from "../../sources/mod.ts";
import {
  type BrokerPacket,
  connectPacket,
  disconnectPacket,
  MqttError,
  PacketReader,
  pingPacket,
  pubackPackets,
  type Published,
  subscribePacket,
} from "../../wire/mqtt/mod.ts";
import { readSecret, readTls } from "./secrets.ts";

/** How often the broker hears of this edge. */
const PING_MS = 20_000;

/** A broker that says nothing for so long, although it was asked, is gone. */
const SILENCE_MS_MAX = 45_000;

const READ_BYTES = 64 * 1024;

/** The one request that has a number of its own: later ones are not made. */
const SUBSCRIBE_ID = 1;

/** Codes from here on are refusals. */
const REFUSED_FROM = 0x80;

/** Subscribes to a broker of MQTT, in a session that it keeps while this edge is away. */
export function mqttOpener(config: MqttConfig, now: () => number): OpenSource {
  return async ({ signal }) => {
    const socket = await connect(config);
    const connection = new MqttConnection(config, socket, now);
    const abort = () => connection.cut();
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    try {
      await connection.begin();
    } catch (error) {
      connection.cut();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
    return connection;
  };
}

async function connect({ host, port, isTls, tls }: MqttConfig): Promise<Deno.Conn> {
  if (!isTls) return await Deno.connect({ hostname: host, port });
  const { ca, cert, key } = await readTls(tls);
  const own = cert === undefined || key === undefined ? {} : { cert, key };
  const caCerts = ca === undefined ? undefined : [ca];
  return await Deno.connectTls({ hostname: host, port, caCerts, ...own });
}

class MqttConnection implements SourceConnection {
  /** Brokers of MQTT do not tell. */
  readonly lag = null;
  readonly #config: MqttConfig;
  readonly #socket: Deno.Conn;
  readonly #now: () => number;
  readonly #reader: PacketReader;
  readonly #buffer = new MessageBuffer<Published>(({ payload }) => payload.length);
  readonly #pings: ReturnType<typeof setInterval>;
  /** Since when the broker is waited for, ms. */
  #waitingSince: number;
  #unacknowledged: readonly number[] = [];
  #writing: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();

  constructor(config: MqttConfig, socket: Deno.Conn, now: () => number) {
    this.#config = config;
    this.#socket = socket;
    this.#now = now;
    this.#waitingSince = now();
    this.#reader = new PacketReader(config.version, MESSAGE_BYTES_MAX);
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  /** Says who this is, waits for the broker's greeting, and asks for messages. */
  async begin(): Promise<void> {
    const { version, clientId, credentials, reading } = this.#config;
    await this.#write(connectPacket({
      version,
      clientId,
      username: credentials.username,
      password: await readSecret(credentials.password),
      keepAliveS: SILENCE_MS_MAX / 1_000,
      receiveMax: MESSAGES_IN_WORK_MAX,
    }));
    await this.#expect("connack");
    const filters = reading.topics.map((topic) => filterOf(topic, { one: "+", rest: "#" }));
    await this.#write(subscribePacket(version, SUBSCRIBE_ID, filters));
    await this.#expect("suback");
    this.#reading = this.#readOn();
  }

  async next(signal: AbortSignal): Promise<readonly SourceMessage[]> {
    const published = await this.#buffer.next(signal);
    this.#unacknowledged = published.flatMap(({ quality, id }) => quality === 1 ? [id] : []);
    const at = this.#now();
    return published.map(({ topic, payload }) => ({ id: "", topic, body: payload, at }));
  }

  async acknowledge(): Promise<void> {
    const ids = this.#unacknowledged;
    this.#unacknowledged = [];
    if (ids.length > 0) await this.#write(pubackPackets(ids));
  }

  async close(): Promise<void> {
    await this.#write(disconnectPacket()).catch(() => {});
    this.cut();
    await this.#reading;
  }

  /** Ends the connection without a word. */
  cut(): void {
    clearInterval(this.#pings);
    this.#buffer.fail(new MqttError("The connection to the broker has ended"));
    try {
      this.#socket.close();
    } catch (error) {
      // It is closed already.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /** Reads until the packet has come that must; messages of the session may come around it. */
  async #expect(type: "connack" | "suback"): Promise<void> {
    for (let hasCome = false; !hasCome;) {
      for (const packet of await this.#read()) {
        if (packet.type === type) hasCome = true;
        this.#checkAnswer(packet);
        this.#take(packet);
      }
    }
  }

  #checkAnswer(packet: BrokerPacket): void {
    if (packet.type === "connack" && packet.code !== 0) {
      throw new MqttError(`The broker refuses this client with code ${packet.code}`);
    }
    if (packet.type === "suback" && packet.codes.some((code) => code >= REFUSED_FROM)) {
      throw new MqttError(`The broker refuses the topics with codes ${packet.codes.join(", ")}`);
    }
  }

  async #readOn(): Promise<void> {
    try {
      for (;;) {
        // Unread bytes stay in the socket, and hold the broker back.
        await this.#buffer.room();
        for (const packet of await this.#read()) this.#take(packet);
      }
    } catch (error) {
      this.#buffer.fail(error);
    }
  }

  async #read(): Promise<BrokerPacket[]> {
    const chunk = new Uint8Array(READ_BYTES);
    this.#waitingSince = this.#now();
    const count = await this.#socket.read(chunk);
    this.#waitingSince = Infinity;
    if (count === null) throw new MqttError("The broker has ended the connection");
    return this.#reader.push(chunk.subarray(0, count));
  }

  #take(packet: BrokerPacket): void {
    if (packet.type === "publish") this.#buffer.push(packet);
    if (packet.type === "disconnect") {
      throw new MqttError(`The broker ends the connection with code ${packet.code}`);
    }
  }

  #ping(): void {
    if (this.#now() - this.#waitingSince > SILENCE_MS_MAX) return this.cut();
    this.#write(pingPacket()).catch((error) => this.#buffer.fail(error));
  }

  /** One after the other, each whole. */
  #write(bytes: Uint8Array): Promise<void> {
    const work = this.#writing.then(async () => {
      for (let from = 0; from < bytes.length;) {
        from += await this.#socket.write(bytes.subarray(from));
      }
    });
    this.#writing = work.catch(() => {});
    return work;
  }
}
