import type { TelemetryPoint } from "../../scoring/point.ts";

/**
 * Measures how long a change takes to its subscriber: from just before the POST whose point closes the
 * bucket until arrival, both on the client's clock.
 */
export interface DeliveryClock {
  /** Just before these points are posted. */
  posting(points: readonly TelemetryPoint[]): void;
  /** A change of this device, caused by the bucket that ends at `bucketEnd` (event time), has come. */
  arrived(device: string, bucketEnd: number): void;
  /** Of each arrival whose POST is known, ms. */
  readonly latenciesMs: readonly number[];
}

interface Posting {
  /** Newest event time of the device that is posted. */
  readonly newestAt: number;
  readonly startedMs: number;
}

export interface DeliveryDeps {
  /** How far a device's watermark stays behind its newest point, ms. */
  readonly latenessMs: number;
  /** Monotonic clock, ms. */
  readonly nowMs: () => number;
}

export function createDeliveryClock({ latenessMs, nowMs }: DeliveryDeps): DeliveryClock {
  const postingsByDevice = new Map<string, Posting[]>();
  const latenciesMs: number[] = [];
  return {
    latenciesMs,
    posting: (points) => {
      const startedMs = nowMs();
      for (const [device, newestAt] of newestByDevice(points)) {
        const postings = postingsByDevice.get(device) ?? [];
        postingsByDevice.set(device, postings);
        if (newestAt > (postings.at(-1)?.newestAt ?? -Infinity)) {
          postings.push({ newestAt, startedMs });
        }
      }
    },
    arrived: (device, bucketEnd) => {
      const postings = postingsByDevice.get(device) ?? [];
      const closing = firstReaching(postings, bucketEnd + latenessMs);
      if (closing) latenciesMs.push(nowMs() - closing.startedMs);
    },
  };
}

function newestByDevice(points: readonly TelemetryPoint[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { device, at } of points) {
    newest.set(device, Math.max(at, newest.get(device) ?? -Infinity));
  }
  return newest;
}

/** Binary search, as a device is posted thousands of times. */
function firstReaching(postings: readonly Posting[], at: number): Posting | undefined {
  let low = 0, high = postings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (postings[middle].newestAt >= at) high = middle;
    else low = middle + 1;
  }
  return postings[low];
}
