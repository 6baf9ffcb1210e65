import { assertEquals } from "@std/assert";
import { createDemoClient, type DemoClient } from "../../scripts/demo/client.ts";
import { createEdgeProcess, SENDER_KEY } from "./edge_process.ts";
import { createGatewayProcess, freePort, install } from "./gateway_process.ts";
import { delay, RETRY_MS } from "./sender.ts";

const AT = Date.now() - 60_000;

const SET_RULES = `mutation ($input: SetMappingRulesInput!) {
  setMappingRules(input: $input) { __typename }
}`;

const ACCEPT = `mutation ($id: ID!) {
  acceptQuarantinedSeries(input: { id: $id }) { __typename }
}`;

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function write(url: string, line: string): Promise<void> {
  const response = await fetch(`${url}/write?precision=ms`, {
    method: "POST",
    body: line,
    headers: { authorization: `Bearer ${SENDER_KEY}` },
  });
  assertEquals([response.status, await response.text()], [204, ""]);
}

async function statusOf(url: string) {
  const headers = { authorization: `Bearer ${SENDER_KEY}` };
  return await (await fetch(`${url}/v1/status`, { headers })).json();
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    await delay(RETRY_MS);
  }
}

interface Kept {
  readonly devices: { edges: { node: { externalId: string; series: unknown[] } }[] };
  readonly quarantinedSeries: { edges: { node: { id: string; edge: string; device: string } }[] };
}

function keptOf(client: DemoClient): Promise<Kept> {
  return client.query<Kept>(`{
    devices { edges { node { externalId series { lastAt } } } }
    quarantinedSeries { edges { node { id edge device } } }
  }`);
}

/** Names of the devices that have points. */
function devicesOf({ devices }: Kept): string[] {
  return devices.edges.filter(({ node }) => node.series.length > 0)
    .map(({ node }) => node.externalId);
}

Deno.test("rules reach a running edge, outlive its death and its gateway's, and name what it is sent", async () =>
  await withFolder(async (folder) => {
    const installation = await install(folder);
    const gateway = createGatewayProcess(folder, freePort());
    const edge = createEdgeProcess(installation, gateway.url);
    const client = createDemoClient(gateway.url, installation.key);
    await gateway.start();
    try {
      await edge.start();
      const rules = [{ device: "{site}-{host}" }];
      await client.query(SET_RULES, { input: { rules } });
      await until(() => statusOf(edge.url), ({ mapping }) => mapping.version === 1);
      await gateway.kill();
      await edge.restart();
      await write(edge.url, `cpu,site=north,host=a value=1 ${AT}`);
      await edge.restart();
      assertEquals((await statusOf(edge.url)).waiting, { series: 1, points: 1 });
      await gateway.start();
      const made = await until(() => keptOf(client), (kept) => devicesOf(kept).length > 0);
      assertEquals(devicesOf(made), ["north-a"]);

      await client.query(SET_RULES, { input: { rules, unknownNames: "QUARANTINE" } });
      await until(() => statusOf(edge.url), ({ mapping }) => mapping.version === 2);
      await write(edge.url, `cpu,site=south,host=b value=1 ${AT}`);
      const { quarantinedSeries: { edges: [{ node }] } } = await until(
        () => keptOf(client),
        ({ quarantinedSeries }) => quarantinedSeries.edges.length > 0,
      );
      assertEquals([node.edge, node.device], ["edge", "south-b"]);
      await client.query(ACCEPT, { id: node.id });
      await until(() => statusOf(edge.url), ({ quarantine }) => quarantine.series === 0);
      await write(edge.url, `cpu,site=south,host=b value=1 ${AT}`);
      const taken = await until(() => keptOf(client), (kept) => devicesOf(kept).length > 1);
      assertEquals([devicesOf(taken), taken.quarantinedSeries.edges], [["north-a", "south-b"], []]);
    } finally {
      await edge.kill();
      await gateway.kill();
    }
  }));
