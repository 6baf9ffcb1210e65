import type { Output, Progress } from "../kit/mod.ts";
import { startProgress } from "../kit/mod.ts";
import { createDemoClient, type DemoClient } from "./client.ts";
import type { DemoDevice } from "./catalogue.ts";
import { createDeliveryClock } from "./delivery.ts";
import { fitDevices } from "./fit.ts";
import { countConfirmed, listDemoIncidents } from "./incidents.ts";
import { peakRssMb } from "./memory.ts";
import { type PointCounts, replay } from "./replay.ts";
import { type DemoVerdict, judgeIncidents, percentiles } from "./report.ts";
import { type DemoSeries, mergeByTime, pointsAfter, readSeries } from "./series.ts";
import { type DemoSetup, setUp } from "./setup.ts";
import { watchIncidents } from "./watch.ts";
import { readWindows } from "./windows.ts";

/** A tenant's default: how far a device's watermark stays behind its newest point. */
const LATENESS_MS = 60_000;
/** Longest wait for incidents that are recorded and not yet received. */
const LAST_INCIDENTS_MS = 5_000;
const BAR = "{bar} {value}/{total} points, {rate} points/s, {incidents} incidents";

export interface DemoOptions {
  readonly url: string;
  readonly key: string;
  readonly devices: readonly DemoDevice[];
  readonly pointsPerRequest: number;
  readonly output: Output;
}

/** All that a demo has measured. */
export interface DemoResult {
  readonly points: PointCounts;
  /** Of the replay, without the training part. */
  readonly pointsPerSecond: number;
  readonly verdict: DemoVerdict;
  readonly deliveryMs: { readonly p50: number | null; readonly p99: number | null };
  readonly peakRssMb: number;
}

/** Sets up, fits, replays and judges against a running gateway, through its public faces alone. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { output, devices } = options;
  const client = createDemoClient(options.url, options.key);
  const series = await Promise.all(devices.map(readSeries));
  const setup = await setUp(client, devices);
  const points = { sent: 0, accepted: 0, duplicates: 0, refused: 0 };
  await train({ client, setup, series, points, options });
  const replayed = await replayRest({ client, setup, series, points, options });
  const names = devices.map(({ name }) => name);
  const incidents = await listDemoIncidents(client, names);
  output.line();
  return {
    points,
    pointsPerSecond: replayed.pointsPerSecond,
    verdict: judgeIncidents(incidents, await readWindows(names)),
    deliveryMs: percentiles(replayed.latenciesMs),
    peakRssMb: peakRssMb(),
  };
}

interface Stage {
  readonly client: DemoClient;
  readonly setup: DemoSetup;
  readonly series: readonly DemoSeries[];
  readonly points: PointCounts;
  readonly options: DemoOptions;
}

/** Sends what is missing of the training points, then fits what has no model. */
async function train({ client, setup, series, points, options }: Stage): Promise<void> {
  const { output, pointsPerRequest } = options;
  const training = series.map(({ device, points, trainingCount }) =>
    pointsAfter(points.slice(0, trainingCount), setup.lastAt.get(device.name))
  );
  const requests = mergeByTime(training, pointsPerRequest);
  await replay({ client, requests, counts: points });
  const toFit = series.filter(({ device }) => !setup.fitted.has(device.name));
  if (toFit.length === 0) return;
  output.line(`Sent ${points.sent} points of history, fitting ${toFit.length} devices`);
  const onFitted = (device: string, message: string) => output.line(`  ${device}: ${message}`);
  await fitDevices({ client, setup, series: toFit, onFitted });
}

/** Replays what is not stored yet of the rest, with a subscriber who sees incidents come and go. */
async function replayRest(
  { client, setup, series, points, options }: Stage,
): Promise<{ pointsPerSecond: number; latenciesMs: readonly number[] }> {
  const { output, pointsPerRequest } = options;
  const rest = series.map(({ device, points, trainingCount }) =>
    pointsAfter(points.slice(trainingCount), setup.lastAt.get(device.name))
  );
  const total = rest.reduce((sum, { length }) => sum + length, 0);
  output.line(`Replaying ${total} points of ${series.length} devices`);
  const confirmedBefore = await countConfirmed(client);
  const { eventCursor } = await client.query<{ eventCursor: string }>("{ eventCursor }");
  const delivery = createDeliveryClock({ latenessMs: LATENESS_MS, nowMs: () => performance.now() });
  const extra = { rate: 0, incidents: 0 };
  const line = (text: string) => output.line(text);
  const progress: Progress = startProgress({ total, format: BAR, extra, line });
  const watch = watchIncidents({ client, after: eventCursor, delivery, line: progress.line });
  const startedMs = performance.now();
  const sentBefore = points.sent;
  const rate = () => {
    const seconds = (performance.now() - startedMs) / 1_000;
    return seconds > 0 ? Math.round((points.sent - sentBefore) / seconds) : 0;
  };
  await replay({
    client,
    requests: mergeByTime(rest, pointsPerRequest),
    counts: points,
    onPosting: delivery.posting,
    onAnswered: () =>
      progress.update(points.sent - sentBefore, { rate: rate(), incidents: watch.openedCount }),
  });
  const pointsPerSecond = rate();
  await watch.opened(await countConfirmed(client) - confirmedBefore, LAST_INCIDENTS_MS);
  await watch.stop();
  progress.stop();
  return { pointsPerSecond, latenciesMs: delivery.latenciesMs };
}
