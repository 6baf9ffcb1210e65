import { resumable } from "../../api/client/resumable.ts";
import type { TreelineEvent } from "../../domain/mod.ts";
import { DEMO_DEVICES } from "../../scripts/demo/catalogue.ts";
import { createDemoClient, type DemoClient } from "../../scripts/demo/client.ts";
import { listDemoIncidents } from "../../scripts/demo/incidents.ts";
import type { DemoIncident } from "../../scripts/demo/report.ts";
import { type DemoSeries, mergeByTime, readSeries } from "../../scripts/demo/series.ts";
import type { IncidentChange } from "../../scoring/incident/mod.ts";
import type { TelemetryPoint } from "../../scoring/point.ts";
import { createRandom } from "../../scoring/numeric/mod.ts";
import {
  createGatewayProcess,
  freePort,
  type GatewayProcess,
  install,
  type Installation,
  openInstalled,
} from "./gateway_process.ts";
import { acknowledged, delay, prepare, RETRY_MS } from "./sender.ts";

/** Longest life of a gateway between being ready and being killed, ms. */
const LIFE_MS_MAX = 600;
/** Longest wait for subscribers to have all that was recorded, ms. */
const CATCH_UP_MS = 20_000;

const STEPS = `subscription Steps($after: Cursor) {
  incidentChanged(after: $after) { action node { id version } }
}`;

export interface KillLoopOptions {
  /** Kills in all; the replay begins anew on a new installation until there were as many. */
  readonly kills: number;
  /** Names of the demo's devices to replay. */
  readonly devices: readonly string[];
  readonly pointsPerRequest: number;
  readonly seed: number;
  /** Told of every round that is over. */
  readonly onRound?: (report: KillReport) => void;
}

/** What was found; all but the first four numbers must be 0. */
export interface KillReport {
  readonly kills: number;
  readonly pointsAcknowledged: number;
  readonly incidents: number;
  readonly eventsReceived: number;
  /** Acknowledged points that are not stored, or stored with another value. */
  readonly pointsLost: number;
  /** Subscribers that did not see each event exactly once and in order. */
  readonly subscribersWrong: number;
  /** Incidents that are not as in an uncut run. */
  readonly incidentsWrong: number;
}

/**
 * Replays series against a gateway's own process, which is killed at random moments and started
 * again, and holds the outcome against that of an uncut run.
 */
export async function runKillLoop(options: KillLoopOptions): Promise<KillReport> {
  const random = createRandom(options.seed);
  const devices = DEMO_DEVICES.filter(({ name }) => options.devices.includes(name));
  const series = await Promise.all(devices.map(readSeries));
  const uncut = await inNewFolder((folder) => runOnce(options, series, folder, () => Infinity));
  let report: KillReport = NOTHING;
  while (report.kills < options.kills) {
    const killsLeft = options.kills - report.kills;
    const life = (kills: number) => kills < killsLeft ? random.nextFloat() * LIFE_MS_MAX : Infinity;
    const cut = await inNewFolder((folder) => runOnce(options, series, folder, life));
    report = added(report, cut, uncut);
    options.onRound?.(report);
  }
  return report;
}

const NOTHING: KillReport = {
  kills: 0,
  pointsAcknowledged: 0,
  incidents: 0,
  eventsReceived: 0,
  pointsLost: 0,
  subscribersWrong: 0,
  incidentsWrong: 0,
};

/** What one replay has left. */
interface Outcome {
  readonly kills: number;
  readonly pointsAcknowledged: number;
  readonly pointsLost: number;
  readonly eventsReceived: number;
  readonly subscribersWrong: number;
  readonly incidents: readonly DemoIncident[];
}

function added(report: KillReport, cut: Outcome, uncut: Outcome): KillReport {
  const expected = new Set(uncut.incidents.map((one) => JSON.stringify(one)));
  const alike = cut.incidents.filter((one) => expected.has(JSON.stringify(one))).length;
  const longer = Math.max(expected.size, cut.incidents.length);
  return {
    kills: report.kills + cut.kills,
    pointsAcknowledged: report.pointsAcknowledged + cut.pointsAcknowledged,
    incidents: report.incidents + cut.incidents.length,
    eventsReceived: report.eventsReceived + cut.eventsReceived,
    pointsLost: report.pointsLost + cut.pointsLost,
    subscribersWrong: report.subscribersWrong + cut.subscribersWrong + uncut.subscribersWrong,
    incidentsWrong: report.incidentsWrong + longer - alike,
  };
}

async function inNewFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-kill-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** @param life How long a gateway lives after that many kills, ms. */
async function runOnce(
  { pointsPerRequest }: KillLoopOptions,
  series: readonly DemoSeries[],
  folder: string,
  life: (kills: number) => number,
): Promise<Outcome> {
  const installation = await install(folder);
  const gateway = createGatewayProcess(folder, freePort());
  await gateway.start();
  const client = createDemoClient(gateway.url, installation.key);
  const subscribers = [subscribe(client, "sse"), subscribe(client, "graphql-transport-ws")];
  const ledger: TelemetryPoint[] = [];
  try {
    await prepare(client, series, pointsPerRequest);
    const killer = startKiller(gateway, life);
    const rest = series.map(({ points, trainingCount }) => points.slice(trainingCount));
    for (const points of mergeByTime(rest, pointsPerRequest)) {
      ledger.push(...await acknowledged(client, points));
    }
    const kills = await killer.stop();
    const incidents = await listDemoIncidents(client, series.map(({ device }) => device.name));
    const steps = await recordedSteps(gateway, installation, subscribers);
    return {
      kills,
      pointsAcknowledged: ledger.length,
      pointsLost: await countLost(installation, ledger),
      eventsReceived: subscribers.reduce((sum, { steps }) => sum + steps.length, 0),
      subscribersWrong: subscribers.filter((one) => one.steps.join() !== steps.join()).length,
      incidents,
    };
  } finally {
    for (const subscriber of subscribers) await subscriber.stop();
    await gateway.kill();
  }
}

/** Kills and starts again until it is stopped; gives how often. */
function startKiller(
  gateway: GatewayProcess,
  life: (kills: number) => number,
): { stop: () => Promise<number> } {
  let kills = 0;
  let stopped = false;
  let wake = () => {};
  const loop = async () => {
    while (!stopped) {
      const ms = life(kills);
      if (ms === Infinity) return;
      await Promise.race([delay(ms), new Promise<void>((resolve) => wake = resolve)]);
      if (stopped) return;
      await gateway.kill();
      kills++;
      await gateway.start();
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
      return kills;
    },
  };
}

interface Subscriber {
  /** `action id version` of each event, in the order of arrival. */
  readonly steps: readonly string[];
  stop(): Promise<void>;
}

/** Follows all incidents from the oldest event on, over every cut. */
function subscribe(client: DemoClient, transport: "sse" | "graphql-transport-ws"): Subscriber {
  const ending = new AbortController();
  const steps: string[] = [];
  const follow = async () => {
    const events = resumable<{ incidentChanged: StepNode }>({
      url: `${client.url}/graphql`,
      key: client.key,
      query: STEPS,
      transport,
      after: "START",
      signal: ending.signal,
      retryMs: { min: RETRY_MS, max: 10 * RETRY_MS },
    });
    for await (const { data: { incidentChanged: { action, node } } } of events) {
      steps.push(`${action} ${atob(node.id).split(":")[1]} ${node.version}`);
    }
  };
  const following = follow();
  return {
    steps,
    stop: async () => {
      ending.abort();
      await following;
    },
  };
}

interface StepNode {
  readonly action: string;
  readonly node: { readonly id: string; readonly version: number };
}

/** All steps in the event log, once the subscribers had time to receive them and the gateway ended. */
async function recordedSteps(
  gateway: GatewayProcess,
  { folder, tenantId }: Installation,
  subscribers: readonly Subscriber[],
): Promise<string[]> {
  await quiet(subscribers);
  await gateway.stop();
  const database = await openInstalled(folder);
  try {
    const steps: string[] = [];
    for (let after = 0;;) {
      const limit = 1_000;
      const events = await database.events.read(tenantId, {
        after,
        types: ["incident.changed"],
        limit,
      });
      steps.push(...events.map(stepOf));
      if (events.length < limit) return steps;
      after = events[events.length - 1].seq;
    }
  } finally {
    await database.close();
  }
}

function stepOf({ payload }: TreelineEvent): string {
  const { action, incident } = payload as IncidentChange;
  return `${action} ${incident.id} ${incident.version}`;
}

/** Resolves when nothing has come for a second. */
async function quiet(subscribers: readonly Subscriber[]): Promise<void> {
  const deadline = Date.now() + CATCH_UP_MS;
  const count = () => subscribers.reduce((sum, { steps }) => sum + steps.length, 0);
  for (let before = -1; before !== count() && Date.now() < deadline;) {
    before = count();
    await delay(1_000);
  }
}

async function countLost(
  { folder }: Installation,
  ledger: readonly TelemetryPoint[],
): Promise<number> {
  const database = await openInstalled(folder);
  try {
    const rows = await database.reader.selectFrom("telemetry_points as point")
      .innerJoin("series", "series.id", "point.series_id")
      .innerJoin("devices", "devices.id", "series.device_id")
      .select(["devices.external_id as device", "point.at", "point.value"]).execute();
    const stored = new Map(rows.map(({ device, at, value }) => [`${device} ${at}`, value]));
    return ledger.filter(({ device, at, value }) => stored.get(`${device} ${at}`) !== value).length;
  } finally {
    await database.close();
  }
}
