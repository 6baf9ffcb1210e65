import { type BaselineStats, fitBaseline } from "../../scoring/detect/mod.ts";
import type { FeaturePlan } from "../../scoring/features/mod.ts";
import {
  mergeSketches,
  type Sketch,
  sketchBaseline,
  sketchOf,
  type TimedValues,
} from "../../scoring/sketch/mod.ts";
import {
  ANY_PERIOD,
  isSuppressed,
  type Period,
  periodAt,
  type PeriodCalendar,
  type ZoneTransitions,
} from "../../scoring/time/mod.ts";
import type { FittedBaseline } from "../detection/baselines.ts";
import { type EdgeWindow, toldBySketches, valuesOf } from "./edge_windows.ts";
import type { PointColumns } from "./point_columns.ts";

/** Fewer values say little of what is usual. */
export const BASELINE_VALUES_MIN = 32;

/** A device's points and what is needed to make sense of them. */
export interface DeviceHistory {
  readonly deviceId: string;
  readonly plan: FeaturePlan;
  /** In the order of the plan's metrics. */
  readonly columns: readonly PointColumns[];
  /** What edges have told by sketches, in the order of the plan's metrics; ascending, without overlap. */
  readonly windows?: readonly (readonly EdgeWindow[])[];
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
}

/** Baselines of each of a device's series, over all its time and in each period that has enough values. */
export function fitBaselines(history: DeviceHistory): FittedBaseline[] {
  return history.columns.flatMap((columns, index) => {
    const values = valuesOf(history.plan.metrics[index], columns);
    const baselines = fitSeries(history, values, history.windows?.[index] ?? []);
    return baselines.map((baseline) => ({ ...baseline, metricId: columns.metricId }));
  });
}

/** Values of a period as they are, and as sketches where they stay at an edge. */
interface PeriodValues {
  readonly raw: number[];
  readonly sketches: Sketch[];
}

function fitSeries(
  history: DeviceHistory,
  values: TimedValues,
  windows: readonly EdgeWindow[],
): Omit<FittedBaseline, "metricId">[] {
  const { deviceId } = history;
  const told = toldBySketches(values, windows);
  const newest = values.at.length > 0 ? values.at[values.at.length - 1] + 1 : -Infinity;
  const closed = told.findLast(({ isOpen }) => !isOpen);
  const validFrom = Math.max(newest, closed?.until ?? -Infinity);
  const enough = [...byPeriod(history, values, told)]
    .filter(([, own]) => countOf(own) >= BASELINE_VALUES_MIN);
  return enough.map(([period, own]) => ({ deviceId, period, stats: statsOf(own), validFrom }));
}

function byPeriod(
  { calendar, zone }: DeviceHistory,
  { at, value }: TimedValues,
  windows: readonly EdgeWindow[],
): Map<Period, PeriodValues> {
  const all: PeriodValues = { raw: [], sketches: [] };
  const periods = new Map<Period, PeriodValues>([[ANY_PERIOD, all]]);
  const ofPeriod = (period: Period) => {
    const own = periods.get(period) ?? { raw: [], sketches: [] };
    periods.set(period, own);
    return own;
  };
  let next = 0;
  for (let index = 0; index < at.length; index++) {
    while (next < windows.length && windows[next].until <= at[index]) next++;
    if (next < windows.length && windows[next].from <= at[index]) continue;
    if (isSuppressed(calendar, zone, at[index])) continue;
    ofPeriod(periodAt(calendar, zone, at[index])).raw.push(value[index]);
    all.raw.push(value[index]);
  }
  for (const { period, from, until, sketch, isOpen } of windows) {
    if (isOpen) continue;
    const ends = [from, until - 1];
    if (ends.every((end) => isSuppressed(calendar, zone, end))) continue;
    all.sketches.push(sketch);
    // The calendar may have changed since: what lies in no one period tells of all time alone.
    if (ends.every((end) => periodAt(calendar, zone, end) === period)) {
      ofPeriod(period).sketches.push(sketch);
    }
  }
  return periods;
}

function countOf({ raw, sketches }: PeriodValues): number {
  return sketches.reduce((sum, { count }) => sum + count, raw.length);
}

function statsOf({ raw, sketches }: PeriodValues): BaselineStats {
  if (sketches.length === 0) return fitBaseline(raw);
  return sketchBaseline(sketches.reduce(mergeSketches, sketchOf(raw)));
}
