import { createDemoClient, type DemoClient } from "../../../scripts/demo/client.ts";
import {
  createGatewayProcess,
  freePort,
  type GatewayProcess,
  install,
} from "../gateway_process.ts";
import { delay } from "../sender.ts";

const OUTAGE_MS = 1_000;
/** vmagent waits twice as long after each failure: half a minute after the tenth outage. */
const ARRIVAL_MS_MAX = 90_000;
const PAGE = 1_000;

const TELEMETRY = `query ($name: String!, $metric: String!) {
  deviceByExternalId(externalId: $name) {
    telemetry(metric: $metric, first: ${PAGE}) { edges { node { value } } }
  }
}`;

/** A gateway to send to, in a folder of its own. */
export interface Receiver extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  readonly key: string;
  /** Values of a series by event time. */
  values(device: string, metric: string): Promise<number[]>;
  /** Names of all metrics. */
  metrics(): Promise<string[]>;
  /** Kills it, and starts it again after a second. */
  outage(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-sender-" });
  const { key } = await install(folder);
  const gateway = createGatewayProcess(folder, freePort());
  await gateway.start();
  const client = createDemoClient(gateway.url, key);
  return {
    folder,
    url: gateway.url,
    key,
    values: (device, metric) => valuesOf(client, device, metric),
    metrics: () => metricsOf(client),
    outage: () => outage(gateway),
    async [Symbol.asyncDispose]() {
      await gateway.kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function outage(gateway: GatewayProcess): Promise<void> {
  await gateway.kill();
  await delay(OUTAGE_MS);
  await gateway.start();
}

interface Telemetry {
  readonly deviceByExternalId: {
    readonly telemetry: {
      readonly edges: readonly { readonly node: { readonly value: number } }[];
    };
  } | null;
}

async function valuesOf(client: DemoClient, name: string, metric: string): Promise<number[]> {
  const { deviceByExternalId: device } = await client.query<Telemetry>(TELEMETRY, { name, metric });
  return device?.telemetry?.edges.map(({ node }) => node.value) ?? [];
}

async function metricsOf(client: DemoClient): Promise<string[]> {
  const { metrics } = await client.query<{ metrics: { edges: { node: { name: string } }[] } }>(
    "{ metrics(first: 100) { edges { node { name } } } }",
  );
  return metrics.edges.map(({ node }) => node.name);
}

/** Waits until something holds; it is asked some times a second, and not for ever. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < ARRIVAL_MS_MAX && !await holds(); waited += 200) await delay(200);
}

/** 1, 2, … count. */
export function countTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
