/** The load that both sides of the ingest bench take: a fleet that reports once a minute. */

export const DEVICE_COUNT = 50;
export const METRICS = ["cpu", "memory", "disk", "requests", "latency"] as const;
export const MINUTE_MS = 60_000;
/** Two minutes of the whole fleet. */
export const POINTS_PER_BODY = 500;
const MINUTES_PER_BODY = POINTS_PER_BODY / (DEVICE_COUNT * METRICS.length);

/** Event time of the load's first minute. */
export const LOAD_START = Date.UTC(2026, 0, 5);

export function deviceName(index: number): string {
  return `device-${index}`;
}

/**
 * Request bodies in order of event time, encoded beforehand, so that making them costs the bench
 * nothing while it measures.
 *
 * @param fromMinute First minute after `LOAD_START`.
 */
export function encodeBodies(fromMinute: number, count: number): Uint8Array<ArrayBuffer>[] {
  const encoder = new TextEncoder();
  return Array.from({ length: count }, (_, body) => {
    const firstMinute = fromMinute + body * MINUTES_PER_BODY;
    const minutes = Array.from({ length: MINUTES_PER_BODY }, (_, i) => firstMinute + i);
    return encoder.encode(JSON.stringify({ points: minutes.flatMap(pointsOfMinute) }));
  });
}

/** Posts the load's first bodies, so that both sides have tables of the same size. */
export async function postHistory(url: string, bodies: number, key = ""): Promise<void> {
  const headers = { "authorization": `Bearer ${key}`, "content-type": "application/json" };
  for (const body of encodeBodies(0, bodies)) {
    const response = await fetch(`${url}/v1/telemetry`, { method: "POST", headers, body });
    await response.body?.cancel();
  }
}

/** Minutes that a number of bodies spans. */
export function minutesOf(bodies: number): number {
  return bodies * MINUTES_PER_BODY;
}

function pointsOfMinute(minute: number) {
  const at = LOAD_START + minute * MINUTE_MS;
  return Array.from({ length: DEVICE_COUNT }, (_, device) =>
    METRICS.map((metric, index) => ({
      device: deviceName(device),
      metric,
      at,
      value: valueAt(device * METRICS.length + index, minute),
    }))).flat();
}

/** Noise about a level of the series' own; the same for the same series and minute. */
function valueAt(series: number, minute: number): number {
  const level = 40 + 20 * fraction(series * 12.9898);
  // The mean of three is close enough to normal: anomalies are as rare as in real telemetry.
  const seed = series * 78.233 + minute * 37.719;
  const noise = (fraction(seed) + fraction(seed * 1.7) + fraction(seed * 2.3)) / 3 - 0.5;
  return Math.round((level + 20 * noise) * 100) / 100;
}

function fraction(seed: number): number {
  const value = Math.sin(seed) * 43_758.5453;
  return value - Math.floor(value);
}
