import { type Broker, feed, startBroker, testWithBroker } from "./broker.ts";
import { reconnects, survivesOutages, survivesPoison } from "./outages.ts";

function startMosquitto(): Promise<Broker> {
  return startBroker("mosquitto", async (folder, port) => {
    await Deno.writeTextFile(
      `${folder}/mosquitto.conf`,
      `listener ${port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location ${folder}/
`,
    );
    return ["-c", `${folder}/mosquitto.conf`];
  });
}

const publisher = (port: number) => (bodies: readonly string[]) =>
  feed(
    "mosquitto_pub",
    ["-h", "127.0.0.1", "-p", String(port), "-q", "1", "-t", "site/north/boiler/level", "-l"],
    bodies,
  );

for (const protocol of ["5", "3.1.1"]) {
  const source = (port: number) => ({
    name: "plant",
    client: "mqtt",
    url: `mqtt://127.0.0.1:${port}`,
    topics: ["site/{site}/{device}/{metric}"],
    protocol,
  });

  testWithBroker("mosquitto", `MQTT ${protocol}: each message once after ten outages`, async () => {
    await using broker = await startMosquitto();
    const { port } = broker;
    await survivesOutages({ broker, source: source(port), publish: publisher(port) });
  });

  testWithBroker("mosquitto", `MQTT ${protocol}: poison costs no neighbour`, async () => {
    await using broker = await startMosquitto();
    await survivesPoison({ source: source(broker.port), publish: publisher(broker.port) });
  });

  testWithBroker(
    "mosquitto",
    `MQTT ${protocol}: a broker that goes is told, and found again`,
    async () => {
      await using broker = await startMosquitto();
      const { port } = broker;
      await reconnects({ broker, source: source(port), publish: publisher(port) });
    },
  );
}
