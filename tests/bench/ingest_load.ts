/** The load that both sides of the ingest bench take: a fleet whose devices report all metrics at once. */

export const DEVICE_COUNT = 50;
export const METRICS = ["cpu", "memory", "disk", "requests", "latency"] as const;
export const MINUTE_MS = 60_000;
/** Two reports of the whole fleet. */
export const POINTS_PER_BODY = 500;
const REPORTS_PER_BODY = POINTS_PER_BODY / (DEVICE_COUNT * METRICS.length);

/** Event time of the load's first report. */
export const LOAD_START = Date.UTC(2026, 0, 5);

export function deviceName(index: number): string {
  return `device-${index}`;
}

/** Reports at a steady pace. */
export interface Reports {
  /** Event time of the first report, ms. */
  readonly from: number;
  readonly everyMs: number;
}

/**
 * Request bodies in order of event time, encoded beforehand, so that making them costs the bench
 * nothing while it measures.
 */
export function encodeBodies({ from, everyMs }: Reports, count: number): Uint8Array<ArrayBuffer>[] {
  const encoder = new TextEncoder();
  return Array.from({ length: count }, (_, body) => {
    const reports = Array.from(
      { length: REPORTS_PER_BODY },
      (_, report) => pointsAt(from + (body * REPORTS_PER_BODY + report) * everyMs),
    );
    return encoder.encode(JSON.stringify({ points: reports.flat() }));
  });
}

/** Event time that a number of bodies spans, ms. */
export function spanOf(bodies: number, everyMs: number): number {
  return bodies * REPORTS_PER_BODY * everyMs;
}

/** Posts the load's first bodies, one report a minute, so that both sides have tables of one size. */
export async function postHistory(url: string, bodies: number, key = ""): Promise<void> {
  const headers = { "authorization": `Bearer ${key}`, "content-type": "application/json" };
  for (const body of encodeBodies({ from: LOAD_START, everyMs: MINUTE_MS }, bodies)) {
    const response = await fetch(`${url}/v1/telemetry`, { method: "POST", headers, body });
    await response.body?.cancel();
  }
}

function pointsAt(at: number) {
  return Array.from({ length: DEVICE_COUNT }, (_, device) =>
    METRICS.map((metric, index) => ({
      device: deviceName(device),
      metric,
      at,
      value: valueAt(device * METRICS.length + index, at / 1_000),
    }))).flat();
}

/** Noise about a level of the series' own; the same for the same series and instant. */
function valueAt(series: number, second: number): number {
  const level = 40 + 20 * fraction(series * 12.9898);
  // The mean of three is close enough to normal: anomalies are as rare as in real telemetry.
  const seed = series * 78.233 + (second % 1_000_003) * 37.719;
  const noise = (fraction(seed) + fraction(seed * 1.7) + fraction(seed * 2.3)) / 3 - 0.5;
  return Math.round((level + 20 * noise) * 100) / 100;
}

function fraction(seed: number): number {
  const value = Math.sin(seed) * 43_758.5453;
  return value - Math.floor(value);
}
