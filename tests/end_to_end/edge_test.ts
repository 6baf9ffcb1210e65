import { assert, assertEquals, assertMatch } from "@std/assert";
import { DEMO_DEVICES } from "../../scripts/demo/catalogue.ts";
import { createDemoClient, type DemoClient } from "../../scripts/demo/client.ts";
import { fitDevices } from "../../scripts/demo/fit.ts";
import { listDemoIncidents } from "../../scripts/demo/incidents.ts";
import type { DemoIncident } from "../../scripts/demo/report.ts";
import { type DemoSeries, mergeByTime, readSeries } from "../../scripts/demo/series.ts";
import { setUp } from "../../scripts/demo/setup.ts";
import type { TelemetryPoint } from "../../scoring/point.ts";
import { createGatewayProcess, freePort, install } from "./gateway_process.ts";
import { createEdgeProcess, SENDER_KEY } from "./edge_process.ts";
import { acknowledged, delay, prepare, RETRY_MS } from "./sender.ts";
import { runTask } from "./task_process.ts";

const DEVICES = ["ec2-fe7f93", "road-7578"];
const POINTS_PER_REQUEST = 100;
const ALL_SYNCED_MS = 30_000;

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an edge that is killed while its gateway is away tells it all in the end, as if uncut", async () => {
  const series = await Promise.all(
    DEMO_DEVICES.filter(({ name }) => DEVICES.includes(name)).map(readSeries),
  );
  const expected = await withFolder((folder) => directly(folder, series));
  assert(expected.length > 2);
  assertEquals(await withFolder((folder) => throughEdge(folder, series)), expected);
});

/** Incidents of a gateway that is sent the points itself. */
async function directly(folder: string, series: readonly DemoSeries[]): Promise<DemoIncident[]> {
  const { key } = await install(folder);
  const gateway = createGatewayProcess(folder, freePort());
  await gateway.start();
  try {
    const client = createDemoClient(gateway.url, key);
    await prepare(client, series, POINTS_PER_REQUEST);
    for (const points of requestsOf(restOf(series))) await acknowledged(client, points);
    return await listDemoIncidents(client, DEVICES);
  } finally {
    await gateway.kill();
  }
}

/** Incidents of a gateway whose edge is sent the points, both of them ending at bad moments. */
async function throughEdge(
  folder: string,
  series: readonly DemoSeries[],
): Promise<DemoIncident[]> {
  const installation = await install(folder);
  const gateway = createGatewayProcess(folder, freePort());
  await gateway.start();
  const edge = createEdgeProcess(installation, gateway.url);
  try {
    const client = createDemoClient(gateway.url, installation.key);
    const sender = createDemoClient(edge.url, SENDER_KEY);
    const setup = await setUp(client, series.map(({ device }) => device));
    await edge.start();
    const history = series.map(({ points, trainingCount }) => points.slice(0, trainingCount));
    for (const points of requestsOf(history)) await acknowledged(sender, points);
    await untilSynced(client, history);
    await fitDevices({ client, setup, series, onFitted: () => {} });
    // The stream tells the edge of them.
    await untilAssigned(sender, series.length);
    const requests = requestsOf(restOf(series));
    for (const [index, points] of requests.entries()) {
      if (index === Math.floor(requests.length / 4)) await gateway.kill();
      if (index === Math.floor(requests.length / 2)) await edge.restart();
      if (index === Math.floor(requests.length * 3 / 4)) await gateway.start();
      await acknowledged(sender, points);
    }
    await untilSynced(client, restOf(series));
    return await listDemoIncidents(client, DEVICES);
  } finally {
    await edge.kill();
    await gateway.kill();
  }
}

type Points = readonly TelemetryPoint[];

function restOf(series: readonly DemoSeries[]): Points[] {
  return series.map(({ points, trainingCount }) => points.slice(trainingCount));
}

function requestsOf(points: readonly Points[]): Points[] {
  return [...mergeByTime(points, POINTS_PER_REQUEST)];
}

/** Waits until the edge has that many models. */
async function untilAssigned(sender: DemoClient, count: number): Promise<void> {
  for (;;) {
    const headers = { authorization: `Bearer ${sender.key}` };
    const { models } = await (await fetch(`${sender.url}/v1/models`, { headers })).json();
    if (models.length === count) return;
    await delay(RETRY_MS);
  }
}

/** Waits until the gateway has every series' last point. */
async function untilSynced(client: DemoClient, series: readonly Points[]): Promise<void> {
  const wanted = series.map((points) => new Date(points[points.length - 1].at).toISOString());
  const deadline = Date.now() + ALL_SYNCED_MS;
  for (;;) {
    const { devices } = await client.query<StoredSeries>(
      "{ devices { edges { node { series { lastAt } } } } }",
    );
    const stored = devices.edges.flatMap(({ node }) => node.series.map(({ lastAt }) => lastAt));
    if (wanted.every((lastAt) => stored.includes(lastAt))) return;
    assert(Date.now() < deadline, `synced up to ${stored} of ${wanted}`);
    await delay(RETRY_MS);
  }
}

interface StoredSeries {
  readonly devices: {
    readonly edges: readonly { readonly node: { readonly series: { lastAt: string }[] } }[];
  };
}

const REFUSED = [
  ["TREELINE_SENDER_KEY", "changeme", "weak secret"],
  ["TREELINE_TRUSTED_KEYS", "AAAA", "32 bytes"],
  ["TREELINE_GATEWAY_URL", "ftp://x", "http: or https:"],
  ["TREELINE_EDGE_KEY", "", "Cannot do without"],
  ["TREELINE_EDGE_OUTBOX_MB", "0", "whole number from 1"],
  ["TREELINE_EDGE_FORWARDING", "none", "is none of"],
] as const;

for (const [name, value, says] of REFUSED) {
  Deno.test(`deno task edge refuses ${name}="${value}" with exit code 2`, async () => {
    const { code, stderr } = await runTask(["edge"], {
      TREELINE_GATEWAY_URL: "http://127.0.0.1:1",
      TREELINE_EDGE_KEY: SENDER_KEY,
      TREELINE_TRUSTED_KEYS: new Uint8Array(32).toBase64(),
      TREELINE_SENDER_KEY: SENDER_KEY,
      [name]: value,
    });
    assertEquals(code, 2, stderr);
    assertMatch(stderr, new RegExp(`${name}.*${says}|${says} ${name}`));
  });
}
