import type { TimeRange } from "../../scoring/detect/mod.ts";
import type { FeaturePlan, PlannedMetric } from "../../scoring/features/mod.ts";
import {
  counterRates,
  EMPTY_SKETCH,
  mergeSketches,
  parseSketch,
  type Sketch,
  type TimedValues,
} from "../../scoring/sketch/mod.ts";
import type { Period } from "../../scoring/time/mod.ts";
import { type EdgeSketch, listEdgeSketches } from "../edge/edge_sketches.ts";
import { loadMetricsByName } from "../fleet/metrics.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { PointColumns } from "./point_columns.ts";

/** What edges have seen of a series in one stretch of a period; of a counter its rates. */
export interface EdgeWindow {
  readonly period: Period;
  /** First and past last instant, ms. */
  readonly from: number;
  readonly until: number;
  readonly sketch: Sketch;
  /** Its sketch may still come: what is known of it are points that came up around anomalies. */
  readonly isOpen?: true;
}

/** A window lies within a day of UTC. */
const DAY_MS = 86_400_000;

export interface EdgeWindowsParams {
  readonly deviceId: string;
  /** First and past last instant of the data, ms; all of it where not given. */
  readonly from?: number;
  readonly until?: number;
}

/**
 * Windows that edges tell by sketches, for each metric of the plan in its order; ascending and without
 * overlap, the last of them the stretch whose sketch may still come. There are none of a metric that the plan reads otherwise than its definition says, as
 * sketches follow the definition.
 */
export async function readEdgeWindows(
  tenant: TenantDb,
  { metrics: planned }: FeaturePlan,
  { deviceId, from = -Infinity, until = Infinity }: EdgeWindowsParams,
): Promise<EdgeWindow[][]> {
  const metrics = await loadMetricsByName(tenant, planned.map(({ name }) => name));
  const windows: EdgeWindow[][] = [];
  for (const { name, kind } of planned) {
    const metric = metrics.find((candidate) => candidate.name === name);
    const rows = metric?.data_type === kind
      ? await listEdgeSketches(tenant, { deviceId, metricId: metric.id, from, until })
      : [];
    windows.push(withOpen(merged(rows.filter(({ until_at }) => until_at <= until))));
  }
  return windows;
}

/** What a sketch of the metric would be of: a counter's rates. */
export function valuesOf({ kind }: PlannedMetric, columns: PointColumns): TimedValues {
  return kind === "counter" ? counterRates(columns) : columns;
}

/**
 * Windows of which the sketch knows more values than have come up, and an open one of which any have: of
 * the others nothing is missing, and points are exact.
 *
 * @param windows Ascending, without overlap.
 */
export function toldBySketches(
  { at }: TimedValues,
  windows: readonly EdgeWindow[],
): EdgeWindow[] {
  let index = 0;
  return windows.filter(({ from, until, sketch, isOpen }) => {
    let values = 0;
    while (index < at.length && at[index] < from) index++;
    for (; index < at.length && at[index] < until; index++) values++;
    return isOpen ? values > 0 : sketch.count > values;
  });
}

/**
 * Times of which points of some metric stayed at an edge. What came up of them lies around anomalies:
 * whoever learns or compares what is usual must leave it out.
 */
export function timesKnownInPart(
  { metrics }: FeaturePlan,
  columns: readonly PointColumns[],
  windows: readonly (readonly EdgeWindow[])[],
): TimeRange[] {
  const partial = columns.flatMap((own, index) =>
    toldBySketches(valuesOf(metrics[index], own), windows[index])
  ).sort((left, right) => left.from - right.from);
  const times: { from: number; until: number }[] = [];
  for (const { from, until } of partial) {
    const last = times.at(-1);
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until);
    else times.push({ from, until });
  }
  return times;
}

/**
 * With the stretch behind the last sketch, to the end of its day: periods do not reach further. Where an
 * edge sends every point again by now, the rest of that day is left out as well.
 */
function withOpen(windows: EdgeWindow[]): EdgeWindow[] {
  const last = windows.at(-1);
  if (last === undefined) return windows;
  const until = (Math.floor(last.until / DAY_MS) + 1) * DAY_MS;
  const open = { ...last, from: last.until, until, sketch: EMPTY_SKETCH, isOpen: true } as const;
  return [...windows, open];
}

/** Edges that have seen the same window have seen different points; one of another calendar is left out. */
function merged(rows: readonly EdgeSketch[]): EdgeWindow[] {
  const windows: EdgeWindow[] = [];
  for (const { period, from_at: from, until_at: until, sketch: text } of rows) {
    const sketch = parseSketch(text);
    const last = windows.at(-1);
    if (last?.from === from && last.until === until && last.period === period) {
      windows[windows.length - 1] = { ...last, sketch: mergeSketches(last.sketch, sketch) };
    } else if (last === undefined || last.until <= from) {
      windows.push({ period, from, until, sketch });
    }
  }
  return windows;
}
