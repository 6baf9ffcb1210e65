import { jetstream, jetstreamManager } from "npm:@nats-io/jetstream@3.4.0";
import { connect } from "npm:@nats-io/transport-node@3.4.0";
import { type Broker, startBroker, testWithBroker } from "./broker.ts";
import { reconnects, survivesOutages, survivesPoison } from "./outages.ts";

/** A server with the stream PLANT. */
async function startNats(): Promise<Broker> {
  const broker = await startBroker(
    "nats-server",
    (folder, port) =>
      Promise.resolve(["-js", "-sd", folder, "-a", "127.0.0.1", "-p", String(port)]),
  );
  const server = await connect({ servers: `127.0.0.1:${broker.port}` });
  const manager = await jetstreamManager(server);
  await manager.streams.add({ name: "PLANT", subjects: ["site.>"] });
  await server.close();
  return broker;
}

const source = (port: number) => ({
  name: "bus",
  client: "nats",
  url: `nats://127.0.0.1:${port}`,
  stream: "PLANT",
  topics: ["site.{site}.{device}.{metric}"],
});

const publisher = (port: number) => async (bodies: readonly string[]) => {
  const server = await connect({ servers: `127.0.0.1:${port}` });
  for (const body of bodies) await jetstream(server).publish("site.north.boiler.level", body);
  await server.close();
};

testWithBroker("nats-server", "NATS: each message once after ten outages", async () => {
  await using broker = await startNats();
  const { port } = broker;
  await survivesOutages({ broker, source: source(port), publish: publisher(port) });
});

testWithBroker("nats-server", "NATS: poison costs no neighbour", async () => {
  await using broker = await startNats();
  await survivesPoison({ source: source(broker.port), publish: publisher(broker.port) });
});

testWithBroker("nats-server", "NATS: a server that goes is told, and found again", async () => {
  await using broker = await startNats();
  const { port } = broker;
  await reconnects({ broker, source: source(port), publish: publisher(port) });
});
