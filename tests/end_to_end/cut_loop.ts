import { createRandom } from "../../scoring/numeric/mod.ts";
import { createDemoClient, type DemoClient } from "../../scripts/demo/client.ts";
import { addFleet, POINTS_PER_SECOND, pointsOf } from "./cut_fleet.ts";
import { type Compared, compared, type Found, foundIn } from "./cut_outcome.ts";
import { createEdgeProcess, type RestartableEdge, SENDER_KEY } from "./edge_process.ts";
import { freePort } from "./free_port.ts";
import { createGatewayProcess, install, type Installation } from "./gateway_process.ts";
import { acknowledged, delay } from "./sender.ts";

/** Simulated seconds in a request while time is sped up: as many points as an edge takes at once. */
const SECONDS_PER_REQUEST = 10;

/** Requests in which the points of a live second come. */
const LIVE_REQUESTS = 10;

export interface CutOptions {
  /** Length of the cut in simulated seconds, at 1,000 points each. */
  readonly seconds: number;
  /** How often the edge is killed meanwhile. */
  readonly kills: number;
  readonly seed: number;
  /** Megabytes that may wait. */
  readonly outboxMb: number;
  /** Told of every request of simulated time that is acknowledged. */
  readonly onSecond?: (second: number) => void;
}

export interface CutReport extends Compared {
  readonly simulatedSeconds: number;
  readonly kills: number;
  /** The largest queue, MB. */
  readonly queueMb: number;
  /** Points of the queue that reached the gateway a second, once it was back. */
  readonly drainedPerSecond: number;
  /** Of the answers to live points meanwhile, which came at 1,000 a second. */
  readonly liveP99Ms: number;
}

/**
 * Cuts an edge off its gateway for simulated hours, kills it meanwhile, lets it sync while live points
 * go on, and holds what the gateway then has against an uncut run of the same points.
 */
export async function runCut(options: CutOptions): Promise<CutReport> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-cut-" });
  try {
    await Deno.mkdir(`${folder}/cut`);
    const installation = await install(`${folder}/cut`);
    await addFleet(installation);
    // The same ids, so that what is found is compared by them.
    await copyFolder(`${folder}/cut`, `${folder}/uncut`);
    const { found, secondsSent, ...figures } = await runOnce(options, installation);
    const uncut = await runUncut(secondsSent, { ...installation, folder: `${folder}/uncut` });
    return { simulatedSeconds: options.seconds, ...figures, ...compared(found, uncut) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

interface Outcome {
  readonly found: Found;
  /** Simulated seconds whose points were sent, the live ones at the end included. */
  readonly secondsSent: number;
  readonly kills: number;
  readonly queueMb: number;
  readonly drainedPerSecond: number;
  readonly liveP99Ms: number;
}

async function runOnce(options: CutOptions, installation: Installation): Promise<Outcome> {
  const gateway = createGatewayProcess(installation.folder, freePort());
  const edge = createEdgeProcess(installation, gateway.url, {
    TREELINE_EDGE_OUTBOX_MB: String(options.outboxMb),
  });
  const sender = createDemoClient(edge.url, SENDER_KEY);
  try {
    await gateway.start();
    await edge.start();
    await gateway.kill();
    await sendCut(options, edge, sender);
    const { queue } = await statusOf(sender);
    await gateway.start();
    const drain = await drained(options.seconds, sender);
    await gateway.stop();
    return {
      found: await foundIn(installation),
      secondsSent: options.seconds + drain.liveSeconds,
      kills: options.kills,
      queueMb: rounded(queue.bytes / 1024 ** 2),
      drainedPerSecond: rounded(options.seconds * POINTS_PER_SECOND / drain.seconds),
      liveP99Ms: rounded(p99(drain.latenciesMs)),
    };
  } finally {
    await edge.kill();
    await gateway.kill();
  }
}

/** Sends the simulated time while nobody takes what the edge finds, and kills it at random moments. */
async function sendCut(
  { seconds, kills, seed, onSecond }: CutOptions,
  edge: RestartableEdge,
  sender: DemoClient,
): Promise<void> {
  const random = createRandom(seed);
  const requests = Math.ceil(seconds / SECONDS_PER_REQUEST);
  const killAt = new Set(
    Array.from({ length: kills }, (_, kill) => Math.floor((kill + 0.5) * requests / kills)),
  );
  for (let request = 0; request < requests; request++) {
    const from = request * SECONDS_PER_REQUEST;
    const until = Math.min(from + SECONDS_PER_REQUEST, seconds);
    const points = secondsOf(from, until);
    const sending = acknowledged(sender, points);
    if (killAt.has(request)) {
      await delay(random.nextFloat() * 200);
      await edge.restart();
    }
    await sending;
    onSecond?.(until);
  }
}

function secondsOf(from: number, until: number) {
  return Array.from({ length: until - from }, (_, index) => pointsOf(from + index)).flat();
}

interface Drain {
  /** Until nothing waited but what had just come. */
  readonly seconds: number;
  readonly liveSeconds: number;
  readonly latenciesMs: readonly number[];
}

/** Sends live points at their own pace until the backlog is gone, then waits for the last of them. */
async function drained(from: number, sender: DemoClient): Promise<Drain> {
  const startedMs = performance.now();
  const latenciesMs: number[] = [];
  let liveSeconds = 0;
  let seconds: number | undefined;
  while (seconds === undefined) {
    const points = pointsOf(from + liveSeconds++);
    const share = points.length / LIVE_REQUESTS;
    for (let part = 0; part < LIVE_REQUESTS; part++) {
      const sentMs = performance.now();
      await acknowledged(sender, points.slice(part * share, (part + 1) * share));
      latenciesMs.push(performance.now() - sentMs);
      const dueMs = startedMs + ((liveSeconds - 1) + (part + 1) / LIVE_REQUESTS) * 1_000;
      await delay(Math.max(0, dueMs - performance.now()));
    }
    const { queue } = await statusOf(sender);
    if (queue.items <= LIVE_ITEMS) seconds = (performance.now() - startedMs) / 1_000;
  }
  while ((await statusOf(sender)).queue.items > 0) await delay(100);
  return { seconds, liveSeconds, latenciesMs };
}

/** What two seconds of live points put into the queue: an item for each device and request. */
const LIVE_ITEMS = 2 * 100;

async function statusOf({ url, key }: DemoClient): Promise<{ queue: Queue }> {
  const response = await fetch(`${url}/v1/status`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return await response.json();
}

interface Queue {
  readonly items: number;
  readonly bytes: number;
}

/** The same points sent to a gateway that is always there. */
async function runUncut(seconds: number, installation: Installation): Promise<Found> {
  const gateway = createGatewayProcess(installation.folder, freePort());
  await gateway.start();
  const sender = createDemoClient(gateway.url, installation.key);
  try {
    for (let from = 0; from < seconds; from += SECONDS_PER_REQUEST) {
      const until = Math.min(from + SECONDS_PER_REQUEST, seconds);
      await acknowledged(sender, secondsOf(from, until));
    }
    await gateway.stop();
    return await foundIn(installation);
  } finally {
    await gateway.kill();
  }
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * 0.99) - 1];
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
