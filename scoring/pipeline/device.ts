import type { Incident } from "../incident/mod.ts";
import type { AcceptedPoint, DeviceEffects } from "./effects.ts";
import { createRunner } from "./runner.ts";
import type { Assigned, Runner, RunnerEffects } from "./runner.ts";

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
  readonly metricIds: ReadonlyMap<string, string>;
  /** Categories by metric name. */
  readonly categories: ReadonlyMap<string, string>;
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
  /** Event time from which stored points that are not late must be folded again; null for none. */
  readonly refoldFrom: number | null;
  /** Metrics whose points are needed to fold again. */
  readonly refoldMetrics: readonly string[];
  /** Folds stored points again, in any order and once, before anything else; tells nothing. */
  refold(points: readonly DevicePoint[]): void;
  /**
   * Folds new points, in any order: marks late ones, closes buckets, judges and groups.
   *
   * @throws {RangeError} when there is no point, or one of an unknown metric.
   */
  fold(points: readonly DevicePoint[]): DeviceEffects;
  /**
   * Closes buckets of a silent device up to the wall clock `now`, ms; only for live tenants.
   * Undefined when that would change nothing.
   */
  tick(now: number): DeviceEffects | undefined;
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
  let watermark = options.watermark;
  /** Of the points that a runner reads: no others come back when points are folded again. */
  let newestAt = -Infinity;

  function take({ metric: name, at, value }: DevicePoint): void {
    const own = readers.get(name);
    if (!own) return;
    newestAt = Math.max(newestAt, at);
    for (const { runner, metric } of own) runner.add({ metric, at, value });
  }

  function advanceTo(target: number, points: readonly AcceptedPoint[]): DeviceEffects {
    watermark = target;
    const { anomalies, changes } = advanceAll(runners, target);
    return { deviceId, points, watermark, anomalies, incidentChanges: changes };
  }

  return {
    get watermark() {
      return watermark;
    },
    refoldFrom: watermark === null ? null : refoldStart(runners, watermark),
    refoldMetrics: [...readers.keys()],
    refold(points) {
      for (const point of points) take(point);
      if (watermark === null) return;
      for (const runner of runners) runner.skip(watermark);
    },
    fold(points) {
      if (points.length === 0) throw new RangeError("Cannot fold points as there are none");
      const isLate = (at: number) => watermark !== null && at < watermark;
      const accepted = points.map((point) => acceptedPoint(point, metricIds, isLate(point.at)));
      let target = watermark ?? -Infinity;
      for (const point of points) {
        if (!isLate(point.at)) take(point);
        target = Math.max(target, point.at - latenessMs);
      }
      return advanceTo(target, inOrder(accepted));
    },
    tick(now) {
      if (watermark === null || runners.length === 0) return undefined;
      const bucketMs = runners.reduce((most, runner) => Math.max(most, runner.bucketMs), 0);
      const target = now - latenessMs - SILENT_BUCKETS * bucketMs;
      if (target <= watermark || !isAnyDue(runners, newestAt, watermark, target)) return undefined;
      return advanceTo(target, []);
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
  metricIds: ReadonlyMap<string, string>,
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
function advanceAll(runners: readonly Runner[], watermark: number): RunnerEffects {
  if (runners.length === 1) return runners[0].advance(watermark);
  const told = runners.map((runner) => ({ runner, effects: runner.advance(watermark) }));
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

/** True when a bucket with points would close, or an incident would age. */
function isAnyDue(
  runners: readonly Runner[],
  newestAt: number,
  watermark: number,
  target: number,
): boolean {
  return runners.some((runner) => {
    const newestEnd = (Math.floor(newestAt / runner.bucketMs) + 1) * runner.bucketMs;
    return (newestEnd > watermark && newestEnd <= target) || runner.isDue(target);
  });
}
