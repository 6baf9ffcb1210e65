import type { DeviceEffects } from "../../../pipeline/mod.ts";

const PAGE_BYTES = 4_096;

/** Pages that change when some points of a series do: its own, and every second time one more. */
const PAGES_PER_SERIES = 1.5;

/** Bytes of a point in its block and in the outbox, with what is free in their pages. */
const POINT_BYTES = 64;

/** The name of a series that is new, with its index. */
const SERIES_BYTES = 256;

/** An anomaly or incident with its verdict, in the outbox and in the file. */
const FINDING_BYTES = 8_192;

/** Progress and the rest of an item. */
const DEVICE_BYTES = 1_024;

/**
 * Effects cut into parts that one transaction each may write, in their order: what a transaction
 * changes lies in the log until its end, and only a log that ends can begin anew. The effects of a
 * device stay together, however many they are.
 */
export function transactionParts(
  effects: readonly DeviceEffects[],
  bytesMax: number,
): DeviceEffects[][] {
  const parts: DeviceEffects[][] = [];
  let bytes = Infinity;
  for (const each of effects) {
    const own = writtenBytes(each);
    bytes += own;
    if (bytes <= bytesMax) parts[parts.length - 1].push(each);
    else {
      parts.push([each]);
      bytes = own;
    }
  }
  return parts;
}

/** Series of which one transaction may change points and write no more than so many bytes, about. */
export function seriesPerTransaction(bytesMax: number): number {
  return Math.max(1, Math.floor(bytesMax / (PAGES_PER_SERIES * PAGE_BYTES)));
}

/** Of the pages that a device's effects change, about. */
function writtenBytes({ points, anomalies, incidentChanges }: DeviceEffects): number {
  let series = 0;
  for (let index = 0; index < points.length; index++) {
    // Those of a metric lie side by side.
    if (index === 0 || points[index].metricId !== points[index - 1].metricId) series++;
  }
  return DEVICE_BYTES + series * SERIES_BYTES + points.length * POINT_BYTES +
    (anomalies.length + incidentChanges.length) * FINDING_BYTES;
}
