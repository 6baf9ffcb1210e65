import type { InjectionKind } from "./injection_kinds.ts";

/** What is done to a device's metrics, row by row; all cells are row × metrics + metric. */
export interface Disturbance {
  /** Added, in standard deviations of the metric's noise. */
  readonly offset: Float64Array;
  /** Factor of the noise's deviation. */
  readonly spread: Float64Array;
  /** 1 where a metric shows its last value again. */
  readonly held: Uint8Array;
  /** By row: how many rows early the course of the day comes. */
  readonly clockShift: Int32Array;
}

/** One injection, as it was drawn. */
export interface Injection {
  readonly kind: InjectionKind;
  /** Indices of the metrics that show it, ascending. */
  readonly metrics: readonly number[];
  readonly firstRow: number;
  readonly rows: number;
  /** In the unit of its kind; below 0 where it goes down. */
  readonly size: number;
}

const HOUR_ROWS = 12;

/** All injections of a device together; they must not overlap. */
export function disturbanceOf(
  injections: readonly Injection[],
  rowCount: number,
  metricCount: number,
): Disturbance {
  const disturbance: Disturbance = {
    offset: new Float64Array(rowCount * metricCount),
    spread: new Float64Array(rowCount * metricCount).fill(1),
    held: new Uint8Array(rowCount * metricCount),
    clockShift: new Int32Array(rowCount),
  };
  for (const injection of injections) {
    for (let step = 0; step < injection.rows; step++) {
      disturb(disturbance, injection, step, metricCount);
    }
  }
  return disturbance;
}

function disturb(
  { offset, spread, held, clockShift }: Disturbance,
  { kind, metrics, firstRow, rows, size }: Injection,
  step: number,
  metricCount: number,
): void {
  const row = firstRow + step;
  if (kind === "pattern_break") {
    clockShift[row] = Math.floor(size * HOUR_ROWS);
    return;
  }
  for (const metric of metrics) {
    const cell = row * metricCount + metric;
    if (kind === "flatline") held[cell] = 1;
    else if (kind === "variance") spread[cell] = size;
    else if (kind === "drift") offset[cell] = size * (step + 1) / rows;
    else offset[cell] = size;
  }
}
