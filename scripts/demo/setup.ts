import type { DemoClient } from "./client.ts";
import {
  DEMO_DETECTORS,
  DEMO_METRICS,
  type DemoDetector,
  type DemoDevice,
  type DemoMetric,
} from "./catalogue.ts";

/** What the gateway knows of the demo's devices. */
export interface DemoSetup {
  /** Ids of the devices by their name. */
  readonly deviceIds: ReadonlyMap<string, string>;
  /** Detectors that watch at least one of the devices, each with its id. */
  readonly detectors: readonly { readonly id: string; readonly detector: DemoDetector }[];
  /** Event time of each device's last stored point, ms. */
  readonly lastAt: ReadonlyMap<string, number>;
  /** Devices that have a model. */
  readonly fitted: ReadonlySet<string>;
}

const EXISTING = `query Existing {
  metrics(first: 50) { edges { node { id name } } }
  devices(first: 50) { edges { node { id externalId series { lastAt } } } }
  detectors(first: 50) { edges { node { id name } } }
  models(first: 50) { edges { node { device { externalId } aliases } } }
}`;

const CREATE_METRIC = `mutation CreateMetric($input: CreateMetricInput!) {
  createMetric(input: $input) {
    __typename
    ... on CreateMetricSuccess { metric { id } }
    ... on Failure { message }
  }
}`;

const CREATE_DEVICE = `mutation CreateDevice($input: CreateDeviceInput!) {
  createDevice(input: $input) {
    __typename
    ... on CreateDeviceSuccess { device { id } }
    ... on Failure { message }
  }
}`;

const CREATE_DETECTOR = `mutation CreateDetector($input: CreateDetectorInput!) {
  createDetector(input: $input) {
    __typename
    ... on CreateDetectorSuccess { detector { id } }
    ... on Failure { message }
  }
}`;

interface Connection<T> {
  readonly edges: readonly { readonly node: T }[];
}

interface Existing {
  readonly metrics: Connection<{ id: string; name: string }>;
  readonly devices: Connection<
    { id: string; externalId: string; series: readonly { lastAt: string | null }[] }
  >;
  readonly detectors: Connection<{ id: string; name: string }>;
  readonly models: Connection<
    { device: { externalId: string } | null; aliases: readonly string[] }
  >;
}

/** Creates what is missing of the demo's metrics, devices and detectors, as any client would. */
export async function setUp(
  client: DemoClient,
  devices: readonly DemoDevice[],
): Promise<DemoSetup> {
  const existing = await client.query<Existing>(EXISTING);
  const metrics = idsBy(existing.metrics, ({ name }) => name);
  const deviceIds = idsBy(existing.devices, ({ externalId }) => externalId);
  const detectorIds = idsBy(existing.detectors, ({ name }) => name);
  for (const metric of DEMO_METRICS) {
    if (!metrics.has(metric.name)) await createMetric(client, metric);
  }
  for (const device of devices) {
    if (!deviceIds.has(device.name)) deviceIds.set(device.name, await createDevice(client, device));
  }
  const detectors = [];
  for (const detector of detectorsOf(devices)) {
    const id = detectorIds.get(detector.name) ?? await createDetector(client, detector, deviceIds);
    detectors.push({ id, detector });
  }
  return { deviceIds, detectors, lastAt: lastAtOf(existing), fitted: fittedOf(existing) };
}

/** Detectors that watch any of these devices, each with these devices only. */
export function detectorsOf(devices: readonly DemoDevice[]): DemoDetector[] {
  const names = new Set(devices.map(({ name }) => name));
  return DEMO_DETECTORS
    .map((detector) => ({ ...detector, devices: detector.devices.filter((one) => names.has(one)) }))
    .filter((detector) => detector.devices.length > 0);
}

function idsBy<T extends { readonly id: string }>(
  { edges }: Connection<T>,
  nameOf: (node: T) => string,
): Map<string, string> {
  return new Map(edges.map(({ node }) => [nameOf(node), node.id]));
}

function lastAtOf({ devices }: Existing): Map<string, number> {
  const stored = devices.edges.flatMap(({ node }) =>
    node.series.filter(({ lastAt }) => lastAt !== null)
      .map(({ lastAt }) => [node.externalId, Date.parse(lastAt!)] as const)
  );
  return new Map(stored);
}

function fittedOf({ models }: Existing): Set<string> {
  const inProduction = models.edges.map(({ node }) => node)
    .filter(({ aliases }) => aliases.includes("production"));
  return new Set(inProduction.flatMap(({ device }) => device?.externalId ?? []));
}

async function createMetric(client: DemoClient, metric: DemoMetric): Promise<void> {
  await client.mutate(CREATE_METRIC, metric);
}

async function createDevice(client: DemoClient, device: DemoDevice): Promise<string> {
  const created = await client.mutate<{ device: { id: string } }>(CREATE_DEVICE, {
    externalId: device.name,
    name: device.title,
    cohort: device.cohort,
    source: "demo",
  });
  return created.device.id;
}

async function createDetector(
  client: DemoClient,
  { name, metric, bucketMs, devices }: DemoDetector,
  deviceIds: ReadonlyMap<string, string>,
): Promise<string> {
  const created = await client.mutate<{ detector: { id: string } }>(CREATE_DETECTOR, {
    name,
    scope: { deviceIds: devices.map((device) => deviceIds.get(device)) },
    metrics: [metric],
    bucket: `PT${bucketMs / 60_000}M`,
  });
  return created.detector.id;
}
