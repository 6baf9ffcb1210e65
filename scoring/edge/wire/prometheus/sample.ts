import type { SampleBatch } from "../../intake/mod.ts";
import type { MessageReader } from "../protobuf/message_reader.ts";
import type { ReadSeries } from "./labels.ts";

/** The two halves of 0x7ff0000000000002, by which Prometheus says that a series has ended. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 0x00000002;

/** Reads a sample, which both versions of remote write have alike, into the batch. */
export function readSample(
  reader: MessageReader,
  end: number,
  series: ReadSeries,
  batch: SampleBatch,
): void {
  let at = 0;
  let value = 0;
  let isStale = false;
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        value = reader.double(end);
        isStale = value !== value && isStaleMarker(reader.lastBits());
        break;
      case 2:
        at = reader.int64(end);
        break;
      default:
        reader.skip(end);
    }
  }
  const position = batch.size;
  if (series.outcome === "invalid") {
    batch.refuseSample(position, "labels", "LABELS_INVALID", series.message);
  } else if (isStale) batch.skip("stale");
  else batch.add(series, position, at, value);
}

/** By its bits: to arithmetic it is a NaN like any other. */
function isStaleMarker([low, high]: readonly [low: number, high: number]): boolean {
  return high === STALE_HIGH && low === STALE_LOW;
}
