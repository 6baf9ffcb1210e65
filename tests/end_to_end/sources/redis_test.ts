import { type Broker, feed, startBroker, testWithBroker } from "./broker.ts";
import { reconnects, survivesOutages, survivesPoison } from "./outages.ts";

function startRedis(): Promise<Broker> {
  return startBroker("redis-server", (folder, port) =>
    Promise.resolve([
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--appendonly", "yes", "--save", ""],
    ]));
}

const source = (port: number) => ({
  name: "ticks",
  client: "redis",
  url: `redis://127.0.0.1:${port}`,
  streams: ["telemetry"],
  payloadField: "body",
});

const publisher = (port: number) => (bodies: readonly string[]) =>
  feed(
    "redis-cli",
    ["-p", String(port)],
    bodies.map((body) => `xadd telemetry * body ${JSON.stringify(body)}`),
  );

testWithBroker("redis-server", "Redis: each entry once after ten outages", async () => {
  await using broker = await startRedis();
  const { port } = broker;
  await survivesOutages({ broker, source: source(port), publish: publisher(port) });
});

testWithBroker("redis-server", "Redis: poison costs no neighbour", async () => {
  await using broker = await startRedis();
  await survivesPoison({ source: source(broker.port), publish: publisher(broker.port) });
});

testWithBroker("redis-server", "Redis: a server that goes is told, and found again", async () => {
  await using broker = await startRedis();
  const { port } = broker;
  await reconnects({ broker, source: source(port), publish: publisher(port) });
});

testWithBroker("redis-server", "Redis: an entry's own fields are a point", async () => {
  await using broker = await startRedis();
  const { payloadField: _, ...fields } = source(broker.port);
  const publish = (bodies: readonly string[]) =>
    feed(
      "redis-cli",
      ["-p", String(broker.port)],
      bodies.map((body) => {
        const { device, metric, at, value } = JSON.parse(body);
        return `xadd telemetry * device ${device} metric ${metric} at ${at} value ${value}`;
      }),
    );
  await survivesOutages({ source: fields, publish });
});
