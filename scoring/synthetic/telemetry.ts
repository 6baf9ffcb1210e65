import { exp, type Random } from "../numeric/mod.ts";
import type { Disturbance } from "./disturbance.ts";
import { between, persistentNoise } from "./draw.ts";
import { drawLoadCourse, type LoadCourse } from "./load.ts";
import { SYNTHETIC_METRICS, type SyntheticMetric } from "./metrics.ts";

const DAY_ROWS = 288;
const ROW_SECONDS = 300;
/** What all metrics of a device share lasts longer than the noise of each. */
const SHARED_PERSISTENCE = 0.9;
/** A device starts anew, and its counters with it, about every so many rows: ten days. */
const RESTART_ROWS = 2_880;

/** One metric of one device, drawn from the bounds of its kind. */
interface DrawnMetric {
  readonly metric: SyntheticMetric;
  readonly base: number;
  readonly loadGain: number;
  readonly trendPerDay: number;
  readonly deviation: number;
  /** Of unit variance, one a row. */
  readonly noise: Float64Array;
}

/**
 * The values of a device, row by row and in the order of `SYNTHETIC_METRICS`. What is drawn does not
 * depend on the disturbance, so that without it the same device comes out undisturbed.
 */
export function makeTelemetry(
  random: Random,
  rowCount: number,
  disturbance: Disturbance,
): Float64Array {
  const course = drawLoadCourse(random, Math.floor(rowCount / DAY_ROWS) + 1);
  const shared = persistentNoise(random, rowCount, SHARED_PERSISTENCE);
  const drawn = SYNTHETIC_METRICS.map((metric) => drawMetric(random, metric, shared));
  const restarts = drawRestarts(random, rowCount);
  const values = new Float64Array(rowCount * drawn.length);
  drawn.forEach((metric, index) => {
    const put = (row: number, value: number) => values[row * drawn.length + index] = value;
    const levels = levelsOf(metric, course, disturbance.clockShift);
    const measured = measuredOf(metric, index, levels, disturbance);
    const told = metric.metric.kind === "counter" ? countedOf(measured, restarts) : measured;
    let last = 0;
    for (let row = 0; row < rowCount; row++) {
      if (disturbance.held[row * drawn.length + index] === 0) last = told[row];
      put(row, rounded(last, metric.metric.decimals));
    }
  });
  return values;
}

function drawMetric(random: Random, metric: SyntheticMetric, shared: Float64Array): DrawnMetric {
  const { noise: { deviation, persistence, shared: part } } = metric;
  const own = persistentNoise(random, shared.length, persistence);
  const ownPart = Math.sqrt(1 - part * part);
  return {
    metric,
    base: between(random, metric.base),
    loadGain: between(random, metric.loadGain),
    trendPerDay: between(random, metric.trendPerDay),
    deviation: between(random, deviation),
    noise: own.map((value, row) => part * shared[row] + ownPart * value),
  };
}

function drawRestarts(random: Random, rowCount: number): Uint8Array {
  return Uint8Array.from({ length: rowCount }, () => random.below(RESTART_ROWS) === 0 ? 1 : 0);
}

/** What a metric would be without noise. */
function levelsOf(
  { metric, base, loadGain, trendPerDay }: DrawnMetric,
  course: LoadCourse,
  clockShift: Int32Array,
): Float64Array {
  let load = course(0);
  return Float64Array.from(clockShift, (shift, row) => {
    load += (course(row + shift) - load) / metric.inertiaRows;
    return base + loadGain * load + trendPerDay * row / DAY_ROWS;
  });
}

function measuredOf(
  { metric, deviation, noise }: DrawnMetric,
  index: number,
  levels: Float64Array,
  { offset, spread }: Disturbance,
): Float64Array {
  const { form } = metric.noise;
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const unit = form === "additive" ? deviation : deviation * mean;
  return levels.map((level, row) => {
    const cell = row * SYNTHETIC_METRICS.length + index;
    const odd = deviation * spread[cell] * noise[row];
    const noisy = form === "additive"
      ? level + odd
      : form === "relative"
      ? level * (1 + odd)
      : level * exp(odd);
    return Math.min(metric.max, Math.max(metric.min, noisy + unit * offset[cell]));
  });
}

/** A counter that grows by each row's rate and begins at 0 after a restart. */
function countedOf(rates: Float64Array, restarts: Uint8Array): Float64Array {
  let count = 0;
  return rates.map((rate, row) => {
    count = (restarts[row] === 1 ? 0 : count) + rate * ROW_SECONDS;
    return count;
  });
}

function rounded(value: number, decimals: number): number {
  let scale = 1;
  for (let decimal = 0; decimal < decimals; decimal++) scale *= 10;
  return Math.floor(value * scale + 0.5) / scale;
}
