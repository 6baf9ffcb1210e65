/** The load of the remote write bench: a fleet whose scraper sends every series of it at each scrape. */
import {
  encodeV1,
  snappy,
  type WrittenSeries,
} from "../scoring/edge/senders/encode_remote_write.ts";
import { LOAD_START } from "./ingest_load.ts";

export const DEVICE_COUNT = 100;
export const METRICS_PER_DEVICE = 100;
/** Metrics of each device that a detector watches; the others are stored. */
export const METRICS_WATCHED = 5;
export const SAMPLES_PER_BODY = 2_000;
export const SCRAPE_MS = 15_000;

const DEVICES_PER_BODY = SAMPLES_PER_BODY / METRICS_PER_DEVICE;
export const BODIES_PER_SCRAPE = DEVICE_COUNT / DEVICES_PER_BODY;

/** Name of a metric as the default mapping gives it. */
export function metricName(metric: number): string {
  return `node_memory_${metric}_bytes{job="node"}`;
}

/** Name of a device as the default mapping gives it. */
export function deviceName(device: number): string {
  return `node-${device}.example:9100`;
}

/** The bodies of one scrape, of the first `metrics` metrics of each device. */
export function scrapeBodies(
  scrape: number,
  everyMs: number,
  metrics: number = METRICS_PER_DEVICE,
): Uint8Array<ArrayBuffer>[] {
  const at = LOAD_START + scrape * everyMs;
  return Array.from({ length: BODIES_PER_SCRAPE }, (_, body) => {
    const series: WrittenSeries[] = [];
    for (let i = 0; i < DEVICES_PER_BODY; i++) {
      const device = body * DEVICES_PER_BODY + i;
      for (let metric = 0; metric < metrics; metric++) series.push(seriesAt(device, metric, at));
    }
    return snappy(encodeV1(series));
  });
}

/** A wave about a level of the series' own, with some noise; the same for the same instant. */
function seriesAt(device: number, metric: number, at: number): WrittenSeries {
  const seed = device * 7.31 + metric * 3.7 + at / 1_000 % 86_413 * 0.917;
  const noise = Math.sin(seed) * 43_758.5453;
  const value = 40 + metric + 5 * Math.sin(at / 1.2e7) + 4 * (noise - Math.floor(noise));
  return {
    labels: [
      ["__name__", `node_memory_${metric}_bytes`],
      ["instance", deviceName(device)],
      ["job", "node"],
    ],
    samples: [[at, value]],
  };
}

/** Posts bodies one after the other; all must be taken. */
export async function postBodies(
  url: string,
  key: string,
  bodies: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const headers = {
    "authorization": `Bearer ${key}`,
    "content-type": "application/x-protobuf",
    "content-encoding": "snappy",
  };
  for (const body of bodies) {
    const response = await fetch(`${url}/api/v1/write`, { method: "POST", headers, body });
    const text = await response.text();
    if (response.status !== 204) throw new Error(`Cannot measure as a body is refused: ${text}`);
  }
}
