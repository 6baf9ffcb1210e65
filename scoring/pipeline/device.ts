import type { Incident } from "../incident/mod.ts";
import type { AcceptedPoint, DeviceEffects } from "./effects.ts";
import { createRunner } from "./runner.ts";
import type { Assigned, JudgedBucket, Runner, RunnerEffects } from "./runner.ts";
import { Stragglers } from "./stragglers.ts";

/** A live device that is silent for this many buckets beyond its lateness is taken to be silent. */
const SILENT_BUCKETS = 2;

/** A point of the device that a pipeline folds. */
export interface DevicePoint {
  /** The tenant's own name of the metric. */
  readonly metric: string;
  /** Event time, ms. */
  readonly at: number;
  readonly value: number;
}

/** What is looked up by a metric's name; a map, or what devices share. */
export type ByName = Pick<ReadonlyMap<string, string>, "get">;

export interface DevicePipelineOptions {
  readonly tenantId: string;
  readonly deviceId: string;
  /** Points that are older than the newest by more than this are late. */
  readonly latenessMs: number;
  /** The device's stored progress; null before its first point. */
  readonly watermark: number | null;
  /** The device's incidents that are not CLOSED. */
  readonly incidents: readonly Incident[];
  /** Ids by metric name; holds every metric that is folded. */
  readonly metricIds: ByName;
  /** Categories by metric name. */
  readonly categories: ByName;
  /** Detectors that judge the device; without any, points and progress are all that changes. */
  readonly runners: readonly Assigned[];
}

/**
 * A device's way from points to anomalies and incidents. It holds no more than what its stored points
 * and incidents say: one made anew from them goes on with the same bits. When effects could not be
 * committed, the pipeline is ahead of the store and must be thrown away.
 */
export interface DevicePipeline {
  /** Buckets that end at or before it are closed; null before the first point. */
  readonly watermark: number | null;
  /** Event time of its newest point as far as it is known; null before the first point. */
  readonly newestAt: number | null;
  /** Event time from which stored points that are not late must be folded again; null for none. */
  readonly refoldFrom: number | null;
  /** Metrics whose points are needed to fold again. */
  readonly refoldMetrics: readonly string[];
  /** Of each detector the newest bucket that was judged since this pipeline was made. */
  readonly judged: readonly JudgedBucket[];
  /** Folds stored points again, in any order and once, before anything else; tells nothing. */
  refold(points: readonly DevicePoint[]): void;
  /**
   * Folds new points, in any order: marks late ones, closes buckets, judges and groups. A point is
   * late when a detector reads its metric and the watermark has passed it.
   *
   * @param now Wall clock, ms, of a live tenant: metrics that others have overtaken are waited for a
   * little, as `Stragglers` says. Without it only data moves the watermark.
   * @throws {RangeError} when there is no point, or one of an unknown metric.
   */
  fold(points: readonly DevicePoint[], now?: number): DeviceEffects;
  /**
   * Closes the newest buckets of a silent device, and lets its incidents age; only for live tenants.
   * The watermark stays behind the newest bucket with points: what comes after the silence is judged
   * from there on. Undefined when that would change nothing.
   *
   * @param clock Event time that the device has come to in its silence, ms.
   */
  tick(clock: number): DeviceEffects | undefined;
  /** Goes on without the metrics that were waited for long enough; undefined when there are none. */
  release(now: number): DeviceEffects | undefined;
}

/** @throws {RangeError} when a runner's plan is not valid. */
export function createDevicePipeline(options: DevicePipelineOptions): DevicePipeline {
  const { tenantId, deviceId, latenessMs, metricIds, categories } = options;
  const runners = options.runners.map((assigned) => {
    const { detectorId } = assigned;
    const incidents = options.incidents.filter((incident) => incident.detectorId === detectorId);
    const subject = { tenantId, deviceId, detectorId };
    return createRunner({ assigned, subject, categories, incidents });
  });
  const readers = readersByMetric(runners);
  const stragglers = new Stragglers(latenessMs);
  let watermark = options.watermark;
  /** Where the watermark would be if it waited for no metric. */
  let reached = watermark ?? -Infinity;
  /** Of the points that a runner reads: no others come back when points are folded again. */
  let newestAt = -Infinity;

  function take({ metric: name, at, value }: DevicePoint): boolean {
    const own = readers.get(name);
    if (!own) return false;
    newestAt = Math.max(newestAt, at);
    for (const { runner, metric } of own) runner.add({ metric, at, value });
    return true;
  }

  function takeNew(point: DevicePoint, now: number | undefined): void {
    reached = Math.max(reached, point.at - latenessMs);
    if (!take(point)) return;
    if (now === undefined) stragglers.recall(point.metric, point.at);
    else stragglers.hear(point.metric, point.at, now);
  }

  function advanceTo(
    target: number,
    points: readonly AcceptedPoint[],
    quietUntil = target,
  ): DeviceEffects {
    watermark = target;
    const { anomalies, changes } = advanceAll(runners, target, quietUntil);
    return { deviceId, points, watermark, anomalies, incidentChanges: changes };
  }

  /** Where the watermark may go after the points so far. */
  function targetAt(now: number | undefined): number {
    if (watermark === null) return reached;
    // A tick may have passed what data have reached.
    const target = Math.max(watermark, reached);
    return now === undefined ? target : stragglers.bound(watermark, target, now);
  }

  return {
    get watermark() {
      return watermark;
    },
    get newestAt() {
      return newestAt > -Infinity ? newestAt : watermark;
    },
    refoldFrom: watermark === null ? null : refoldStart(runners, watermark),
    refoldMetrics: [...readers.keys()],
    get judged() {
      return runners.flatMap((runner) => runner.judged ?? []);
    },
    refold(points) {
      for (const point of points) takeNew(point, undefined);
      if (watermark === null) return;
      for (const runner of runners) runner.skip(watermark);
    },
    fold(points, now) {
      if (points.length === 0) throw new RangeError("Cannot fold points as there are none");
      const isLate = ({ metric, at }: DevicePoint) =>
        watermark !== null && at < watermark && readers.has(metric);
      const accepted = points.map((point) => acceptedPoint(point, metricIds, isLate(point)));
      if (now !== undefined) stragglers.speak(now);
      for (const point of points) if (!isLate(point)) takeNew(point, now);
      return advanceTo(targetAt(now), inOrder(accepted));
    },
    tick(clock) {
      if (watermark === null || runners.length === 0) return undefined;
      const bucketMs = runners.reduce((most, runner) => Math.max(most, runner.bucketMs), 0);
      const quietUntil = clock - latenessMs - SILENT_BUCKETS * bucketMs;
      const target = newestEnd(runners, newestAt, watermark, quietUntil);
      if (target === watermark && !runners.some((runner) => runner.isDue(quietUntil))) {
        return undefined;
      }
      return advanceTo(target, [], Math.max(target, quietUntil));
    },
    release(now) {
      if (watermark === null) return undefined;
      const target = targetAt(now);
      return target > watermark ? advanceTo(target, []) : undefined;
    },
  };
}

/** A runner's reading of one metric. */
interface MetricReader {
  readonly runner: Runner;
  /** Index of the metric in the runner's plan. */
  readonly metric: number;
}

function readersByMetric(runners: readonly Runner[]): Map<string, MetricReader[]> {
  const readers = new Map<string, MetricReader[]>();
  for (const runner of runners) {
    runner.metrics.forEach((name, metric) => {
      const own = readers.get(name);
      if (own) own.push({ runner, metric });
      else readers.set(name, [{ runner, metric }]);
    });
  }
  return readers;
}

function refoldStart(runners: readonly Runner[], watermark: number): number | null {
  if (runners.length === 0) return null;
  return Math.min(...runners.map((runner) => runner.refoldFrom(watermark)));
}

function acceptedPoint(
  { metric, at, value }: DevicePoint,
  metricIds: ByName,
  late: boolean,
): AcceptedPoint {
  const metricId = metricIds.get(metric);
  if (metricId === undefined) {
    throw new RangeError(`Cannot fold point as its metric "${metric}" is unknown`);
  }
  return { metricId, at, value, late };
}

function inOrder(points: AcceptedPoint[]): AcceptedPoint[] {
  return points.sort((left, right) =>
    left.metricId === right.metricId ? left.at - right.at : left.metricId < right.metricId ? -1 : 1
  );
}

/** Closes the buckets of all runners; what they tell is in order of the closing of buckets. */
function advanceAll(
  runners: readonly Runner[],
  watermark: number,
  quietUntil: number,
): RunnerEffects {
  if (runners.length === 1) return runners[0].advance(watermark, quietUntil);
  const told = runners.map((runner) => ({
    runner,
    effects: runner.advance(watermark, quietUntil),
  }));
  return {
    anomalies: merged(told.map(({ runner, effects }) => ({ runner, items: effects.anomalies }))),
    changes: merged(told.map(({ runner, effects }) => ({ runner, items: effects.changes }))),
  };
}

interface Told<T> {
  readonly runner: Runner;
  readonly items: readonly T[];
}

/**
 * By the watermark that closes the bucket, then by runner: an order that stays the same wherever
 * folds end, though runners have buckets of different widths.
 */
function merged<T extends { readonly at: number }>(told: readonly Told<T>[]): T[] {
  return told
    .flatMap(({ runner, items }) =>
      items.map((item) => ({ item, closesAt: item.at + runner.bucketMs }))
    )
    .sort((left, right) => left.closesAt - right.closesAt)
    .map(({ item }) => item);
}

/** End of the newest buckets with points, as far as they end by `until`; else the watermark. */
function newestEnd(
  runners: readonly Runner[],
  newestAt: number,
  watermark: number,
  until: number,
): number {
  return runners.reduce((latest, { bucketMs }) => {
    const end = (Math.floor(newestAt / bucketMs) + 1) * bucketMs;
    return end <= until ? Math.max(latest, end) : latest;
  }, watermark);
}
