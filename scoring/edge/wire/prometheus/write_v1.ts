import type { SampleBatch } from "../../intake/mod.ts";
import { LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX, SERIES_PER_REQUEST_MAX } from "../limits.ts";
import { Problem } from "../problem.ts";
import { MessageReader } from "../protobuf/message_reader.ts";
import { kindOf, LabelSet, type ReadSeries } from "./labels.ts";
import { readSample } from "./sample.ts";

/**
 * Reads a `prometheus.WriteRequest` of remote write 1.0 into the batch, series by series: what names a
 * series is looked up by its bytes, and only new ones are decoded.
 * @throws {Problem} When it is no such message, or too large a one.
 */
export function readWriteRequest(bytes: Uint8Array, batch: SampleBatch): void {
  const reader = new MessageReader(bytes);
  const end = bytes.length;
  let seriesCount = 0;
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        if (++seriesCount > SERIES_PER_REQUEST_MAX) throw tooManySeries();
        readSeries(reader, reader.enter(end), batch);
        break;
      case 3:
        readMetadata(reader, reader.enter(end), batch);
        break;
      default:
        reader.skip(end);
    }
  }
}

/** The refusal of a request that names too much. */
export function tooManySeries(): Problem {
  const message = `Cannot take more than ${SERIES_PER_REQUEST_MAX} series in one request`;
  return new Problem("SAMPLES_TOO_MANY", message, { limit: SERIES_PER_REQUEST_MAX });
}

/**
 * Senders write labels first and samples after. Should labels follow samples, the series is read again
 * with all of its labels known.
 */
function readSeries(reader: MessageReader, end: number, batch: SampleBatch): void {
  const from = reader.position;
  const labelsEnd = passLabels(reader, end);
  const { memory } = batch;
  const known = memory.find(reader.bytes, from, labelsEnd);
  const rest = { from: labelsEnd, end };
  if (known !== undefined && !hasLabels(reader, rest)) {
    return readSamples(reader, rest, known, batch);
  }
  const labels = new LabelSet();
  readLabels(reader, { from, end }, labels);
  const series = labels.mapped(batch);
  if (series.outcome !== "invalid" && !hasLabels(reader, rest)) {
    memory.keep(reader.bytes, from, labelsEnd, series);
  }
  readSamples(reader, { from, end }, series, batch);
}

interface Range {
  readonly from: number;
  readonly end: number;
}

/** Passes over the labels that a series begins with; gives where they end. */
function passLabels(reader: MessageReader, end: number): number {
  for (;;) {
    const before = reader.position;
    if (before >= end) return before;
    if (reader.nextField(end) !== 1) {
      reader.leave(before);
      return before;
    }
    reader.leave(reader.enter(end));
  }
}

function hasLabels(reader: MessageReader, { from, end }: Range): boolean {
  reader.leave(from);
  while (reader.position < end) {
    if (reader.nextField(end) === 1) return true;
    reader.skip(end);
  }
  return false;
}

function readLabels(reader: MessageReader, { from, end }: Range, labels: LabelSet): void {
  reader.leave(from);
  while (reader.position < end) {
    if (reader.nextField(end) === 1) readLabel(reader, reader.enter(end), labels);
    else reader.skip(end);
  }
}

function readLabel(reader: MessageReader, end: number, labels: LabelSet): void {
  let name: string | undefined = "";
  let value: string | undefined = "";
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        name = reader.text(end, LABEL_NAME_BYTES_MAX);
        break;
      case 2:
        value = reader.text(end, LABEL_VALUE_BYTES_MAX);
        break;
      default:
        reader.skip(end);
    }
  }
  labels.add(name, value);
}

function readSamples(
  reader: MessageReader,
  { from, end }: Range,
  series: ReadSeries,
  batch: SampleBatch,
): void {
  reader.leave(from);
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 2:
        readSample(reader, reader.enter(end), series, batch);
        break;
      case 3:
        reader.skip(end);
        batch.skip("exemplar");
        break;
      case 4:
        reader.skip(end);
        batch.skip("histogram");
        break;
      default:
        reader.skip(end);
    }
  }
}

function readMetadata(reader: MessageReader, end: number, batch: SampleBatch): void {
  let type = 0;
  let family: string | undefined;
  let unit: string | undefined;
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        type = reader.uint32(end);
        break;
      case 2:
        family = reader.text(end, LABEL_NAME_BYTES_MAX);
        break;
      case 5:
        unit = reader.text(end, LABEL_NAME_BYTES_MAX);
        break;
      default:
        reader.skip(end);
    }
  }
  if (family) batch.memory.describe(family, { kind: kindOf(type), unit: unit || undefined });
}
