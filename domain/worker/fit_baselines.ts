import { fitBaseline } from "../../scoring/detect/mod.ts";
import type { FeaturePlan } from "../../scoring/features/mod.ts";
import {
  ANY_PERIOD,
  isSuppressed,
  type Period,
  periodAt,
  type PeriodCalendar,
  type ZoneTransitions,
} from "../../scoring/time/mod.ts";
import type { FittedBaseline } from "../baselines.ts";
import type { PointColumns } from "./point_columns.ts";

/** Fewer values say little of what is usual. */
export const BASELINE_VALUES_MIN = 32;

const SECOND_MS = 1_000;

/** A device's points and what is needed to make sense of them. */
export interface DeviceHistory {
  readonly deviceId: string;
  readonly plan: FeaturePlan;
  /** In the order of the plan's metrics. */
  readonly columns: readonly PointColumns[];
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
}

/** Baselines of each of a device's series, over all its time and in each period that has enough values. */
export function fitBaselines(history: DeviceHistory): FittedBaseline[] {
  return history.columns.flatMap((columns, index) => {
    const { kind } = history.plan.metrics[index];
    return fitSeries(history, kind === "counter" ? ratesOf(columns) : columns);
  });
}

function fitSeries(history: DeviceHistory, columns: PointColumns): FittedBaseline[] {
  const { deviceId } = history;
  const { metricId, at } = columns;
  const validFrom = at[at.length - 1] + 1;
  const enough = [...byPeriod(history, columns)]
    .filter(([, values]) => values.length >= BASELINE_VALUES_MIN);
  return enough.map(([period, values]) => (
    { deviceId, metricId, period, stats: fitBaseline(values), validFrom }
  ));
}

function byPeriod(
  { calendar, zone }: DeviceHistory,
  { at, value }: PointColumns,
): Map<Period, number[]> {
  const all: number[] = [];
  const periods = new Map<Period, number[]>([[ANY_PERIOD, all]]);
  at.forEach((instant, i) => {
    if (isSuppressed(calendar, zone, instant)) return;
    const period = periodAt(calendar, zone, instant);
    const own = periods.get(period);
    if (own) own.push(value[i]);
    else periods.set(period, [value[i]]);
    all.push(value[i]);
  });
  return periods;
}

/** A counter's rates per second; where it has gone down it was reset, and there is none. */
function ratesOf({ metricId, at, value }: PointColumns): PointColumns {
  const instants: number[] = [];
  const rates: number[] = [];
  for (let i = 1; i < at.length; i++) {
    const grown = value[i] - value[i - 1];
    if (grown < 0 || !Number.isFinite(grown)) continue;
    instants.push(at[i]);
    rates.push(grown / ((at[i] - at[i - 1]) / SECOND_MS));
  }
  return { metricId, at: Float64Array.from(instants), value: Float64Array.from(rates) };
}
