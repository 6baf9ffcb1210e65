import {
  DEFAULT_DRIFT_POLICY,
  type DriftPolicy,
  type DriftRow,
  driftWindowMs,
  fitDriftReference,
  judgeWindow,
  NO_DRIFT_MEMORY,
  remembered,
  type WindowDrift,
  windowsOf,
} from "../../../scoring/drift/mod.ts";
import { createRandom, type Random } from "../../../scoring/numeric/mod.ts";
import { UTC } from "../../../scoring/time/mod.ts";

export const BUCKET_MS = 300_000;
export const DAY_MS = 86_400_000;
export const ROWS_PER_DAY = DAY_MS / BUCKET_MS;
/** A Monday. */
export const START = Date.UTC(2026, 0, 5);

const FEATURES = 7;

export interface Simulated {
  readonly seed: number;
  readonly days: number;
  /** Autocorrelation of neighbouring values; 0 where not given. */
  readonly rho?: number;
  /** What is added to the first feature at a row. */
  readonly shiftAt?: (row: number) => number;
}

/** Seven features, each with a season of a day and noise of standard deviation 1. */
export function simulatedRows({ seed, days, rho = 0, shiftAt }: Simulated): DriftRow[] {
  const random = createRandom(seed);
  const noise = Array.from({ length: FEATURES }, () => normal(random));
  return Array.from({ length: days * ROWS_PER_DAY }, (_, row) => {
    const turn = 2 * Math.PI * row / ROWS_PER_DAY;
    const values = noise.map((last, feature) => {
      noise[feature] = rho * last + Math.sqrt(1 - rho * rho) * normal(random);
      const shift = feature === 0 ? shiftAt?.(row) ?? 0 : 0;
      return 50 + 20 * Math.sin(turn + feature) + noise[feature] + shift;
    });
    return { bucketAt: START + row * BUCKET_MS, values };
  });
}

/** What the monitor says of all windows after the days that it has as its reference. */
export function monitored(
  rows: readonly DriftRow[],
  referenceDays: number,
  policy: DriftPolicy = DEFAULT_DRIFT_POLICY,
): WindowDrift[] {
  const windowMs = driftWindowMs(policy, BUCKET_MS);
  const cut = referenceDays * ROWS_PER_DAY;
  const reference = fitDriftReference(rows.slice(0, cut), {
    zone: UTC,
    bucketMs: BUCKET_MS,
    windowMs,
  });
  let memory = NO_DRIFT_MEMORY;
  const drifts: WindowDrift[] = [];
  for (const [from, window] of windowsOf(rows.slice(cut), windowMs)) {
    const drift = judgeWindow(reference, policy, { from, rows: window, f1: null }, memory);
    if (!drift) continue;
    memory = remembered(drift, memory);
    drifts.push(drift);
  }
  return drifts;
}

/** Box and Muller (1958). */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.nextFloat()));
  return radius * Math.cos(2 * Math.PI * random.nextFloat());
}
