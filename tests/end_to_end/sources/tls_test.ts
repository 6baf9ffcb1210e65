import { assert, assertEquals, assertMatch } from "@std/assert";
import { jetstreamManager } from "npm:@nats-io/jetstream@3.4.0";
import { connect } from "npm:@nats-io/transport-node@3.4.0";
import { type Broker, BROKERS, feed, startBroker, testWithBroker } from "./broker.ts";
import { type Certificates, makeCertificates, runProgram } from "./certificates.ts";
import { createSourceEdge, pointsOf, type SourceSettings, until } from "./source_edge.ts";

const PASSWORD = "correct-horse-7";
const WRONG_PASSWORD = "battery-staple-9";

/** A broker that speaks TLS alone, and how a source of this test says where it is. */
interface SecuredBroker {
  readonly start: (tls: Certificates) => Promise<Broker>;
  readonly scheme: string;
  readonly source: SourceSettings;
  /** The setting that holds the secret. */
  readonly secret: "password" | "token";
  /** Makes the broker hold one point for the source. */
  readonly publish: (broker: Broker, tls: Certificates, body: string) => Promise<void>;
  /** What the edge says of a secret that the broker does not know. */
  readonly refused: RegExp;
}

async function startMosquitto({ cert, key }: Certificates): Promise<Broker> {
  return await startBroker("mosquitto", async (folder, port) => {
    const passwords = `${folder}/passwords`;
    await runProgram("mosquitto_passwd", ["-b", "-c", passwords, "site", PASSWORD]);
    await Deno.writeTextFile(
      `${folder}/mosquitto.conf`,
      `listener ${port} 127.0.0.1
allow_anonymous false
password_file ${passwords}
certfile ${cert}
keyfile ${key}
user root
`,
    );
    return ["-c", `${folder}/mosquitto.conf`];
  });
}

function startNats(login: readonly string[]) {
  return async ({ ca, cert, key }: Certificates): Promise<Broker> => {
    const broker = await startBroker("nats-server", (folder, port) =>
      Promise.resolve([
        ...["-js", "-sd", folder, "-a", "127.0.0.1", "-p", String(port), ...login],
        ...["--tls", "--tlscert", cert, "--tlskey", key],
      ]));
    const server = await natsClient(broker, ca);
    const manager = await jetstreamManager(server);
    await manager.streams.add({ name: "PLANT", subjects: ["site.>"] });
    await server.close();
    return broker;
  };
}

async function natsClient({ port }: Broker, ca: string) {
  const options = { servers: `localhost:${port}`, tls: { ca: await Deno.readTextFile(ca) } };
  return await connect({ ...options, user: "site", pass: PASSWORD, token: PASSWORD });
}

async function publishToNats(broker: Broker, { ca }: Certificates, body: string): Promise<void> {
  const server = await natsClient(broker, ca);
  server.publish("site.north.boiler.level", body);
  await server.flush();
  await server.close();
}

function startRedis({ ca, cert, key }: Certificates): Promise<Broker> {
  return startBroker("redis-server", (folder, port) =>
    Promise.resolve([
      ...["--port", "0", "--tls-port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca],
      ...["--tls-auth-clients", "no", "--requirepass", PASSWORD, "--save", ""],
    ]));
}

const NATS = {
  scheme: "tls",
  source: { client: "nats", stream: "PLANT", topics: ["site.{site}.{device}.{metric}"] },
  publish: publishToNats,
  refused: /authorization violation/i,
};

const SECURED: Readonly<Record<string, SecuredBroker & { broker: keyof typeof BROKERS }>> = {
  MQTT: {
    broker: "mosquitto",
    start: startMosquitto,
    scheme: "mqtts",
    source: { client: "mqtt", topics: ["site/{site}/{device}/{metric}"], username: "site" },
    secret: "password",
    publish: ({ port }, { ca }, body) =>
      feed("mosquitto_pub", [
        ...["-h", "localhost", "-p", String(port), "--cafile", ca, "-u", "site", "-P", PASSWORD],
        ...["-q", "1", "-t", "site/north/boiler/level", "-l"],
      ], [body]),
    refused: /refuses this client with code 13[45]/,
  },
  "NATS with user and password": {
    ...NATS,
    broker: "nats-server",
    start: startNats(["--user", "site", "--pass", PASSWORD]),
    source: { ...NATS.source, username: "site" },
    secret: "password",
  },
  "NATS with a token": {
    ...NATS,
    broker: "nats-server",
    start: startNats(["--auth", PASSWORD]),
    secret: "token",
  },
  Redis: {
    broker: "redis-server",
    start: startRedis,
    scheme: "rediss",
    source: { client: "redis", streams: ["telemetry"], payloadField: "body" },
    secret: "password",
    publish: ({ port }, { ca }, body) =>
      feed(
        "redis-cli",
        ["-h", "localhost", "-p", String(port), "--tls", "--cacert", ca, "-a", PASSWORD],
        [`xadd telemetry * body ${JSON.stringify(body)}`],
      ),
    refused: /WRONGPASS/,
  },
};

for (
  const [name, { broker, start, scheme, source, secret, publish, refused }] of Object.entries(
    SECURED,
  )
) {
  testWithBroker(
    broker,
    `${name}: TLS with the right authority, name and secret, and no other`,
    async () => {
      await using tls = await makeCertificates();
      await using server = await start(tls);
      const [right, wrong] = [`${tls.folder}/right`, `${tls.folder}/wrong`];
      await Deno.writeTextFile(right, `${PASSWORD}\n`);
      await Deno.writeTextFile(wrong, WRONG_PASSWORD);
      const of = (name: string, host: string, caFile: string, file: string) => ({
        ...source,
        name,
        url: `${scheme}://${host}:${server.port}`,
        tls: { caFile },
        [secret]: { file },
      });
      await using edge = await createSourceEdge(
        of("good", "localhost", tls.ca, right),
        of("authority", "localhost", tls.otherCa, right),
        of("host", "127.0.0.1", tls.ca, right),
        of("secret", "localhost", tls.ca, wrong),
      );
      await edge.start();
      const told = async () => await (await edge.ask("/v1/status")).text();
      const accounts = async () => JSON.parse(await told()).sources as Account[];
      await until(
        async () => (await accounts())?.every(({ state }) => state !== "connecting"),
      );
      const [good, ...bad] = await accounts();
      assertEquals([good.state, good.error], ["connected", null]);
      assertEquals(bad.map(({ state }) => state), ["down", "down", "down"]);
      assertMatch(bad[0].error ?? "", /certificate/i);
      assertMatch(bad[1].error ?? "", /127\.0\.0\.1/);
      assertMatch(bad[2].error ?? "", refused);
      await publish(server, tls, pointsOf(1, 1)[0]);
      await edge.untilArrived(1);
      for (const text of [await told(), edge.log()]) {
        assert(!text.includes(PASSWORD) && !text.includes(WRONG_PASSWORD), text);
      }
    },
  );
}

interface Account {
  readonly state: string;
  readonly error: string | null;
}
