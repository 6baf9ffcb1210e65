import type { SampleBatch } from "../../intake/mod.ts";
import { LABEL_VALUE_BYTES_MAX, LABELS_PER_SERIES_MAX, SERIES_PER_REQUEST_MAX } from "../limits.ts";
import { Problem } from "../problem.ts";
import { MessageReader } from "../protobuf/message_reader.ts";
import { kindOf, LabelSet, type ReadSeries } from "./labels.ts";
import { readSample } from "./sample.ts";
import { tooManySeries } from "./write_v1.ts";

/** Texts of one request: a name and a value for each label of as many series as it may have. */
const SYMBOLS_MAX = 200_000;

/**
 * Reads an `io.prometheus.write.v2.Request` of remote write 2.0 into the batch. Texts stand once in a
 * table that the series point into.
 * @throws {Problem} When it is no such message, or too large a one.
 */
export function readWriteRequestV2(bytes: Uint8Array, batch: SampleBatch): void {
  const reader = new MessageReader(bytes);
  const end = bytes.length;
  // A field may come before what it points to, so the table is read first.
  const symbols = readSymbols(reader, end);
  reader.leave(0);
  let seriesCount = 0;
  while (reader.position < end) {
    if (reader.nextField(end) !== 5) reader.skip(end);
    else if (++seriesCount > SERIES_PER_REQUEST_MAX) throw tooManySeries();
    else readSeries(reader, reader.enter(end), symbols, batch);
  }
}

/** `undefined` stands for a text that is too long. */
type Symbols = readonly (string | undefined)[];

function readSymbols(reader: MessageReader, end: number): Symbols {
  const symbols: (string | undefined)[] = [];
  while (reader.position < end) {
    if (reader.nextField(end) !== 4) reader.skip(end);
    else if (symbols.length < SYMBOLS_MAX) symbols.push(reader.text(end, LABEL_VALUE_BYTES_MAX));
    else {
      const message = `Cannot take more than ${SYMBOLS_MAX} symbols in one request`;
      throw new Problem("SAMPLES_TOO_MANY", message, { field: "symbols", limit: SYMBOLS_MAX });
    }
  }
  if (symbols.length > 0 && symbols[0] !== "") {
    throw new Problem("PROTOBUF_INVALID", "Cannot take symbols: the first one must be empty", {
      field: "symbols",
    });
  }
  return symbols;
}

function readSeries(
  reader: MessageReader,
  end: number,
  symbols: Symbols,
  batch: SampleBatch,
): void {
  const from = reader.position;
  const series = seriesOf(reader, end, symbols, batch);
  reader.leave(from);
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 2:
        readSample(reader, reader.enter(end), series, batch);
        break;
      case 3:
        reader.skip(end);
        batch.skip("histogram");
        break;
      case 4:
        reader.skip(end);
        batch.skip("exemplar");
        break;
      default:
        reader.skip(end);
    }
  }
}

/** Labels and metadata of a series, wherever in it they stand. */
function seriesOf(
  reader: MessageReader,
  end: number,
  symbols: Symbols,
  batch: SampleBatch,
): ReadSeries {
  const references: number[] = [];
  let stated = {};
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        readReferences(reader, end, references);
        break;
      case 5:
        stated = readMetadata(reader, reader.enter(end), symbols);
        break;
      default:
        reader.skip(end);
    }
  }
  return labelsOf(references, symbols).mapped(batch, stated);
}

function readReferences(reader: MessageReader, end: number, references: number[]): void {
  const inner = reader.enterPacked(end, "varint");
  while (reader.position < inner) {
    const reference = reader.packedUint32(end);
    // One pair too many is enough to refuse the series.
    if (references.length <= LABELS_PER_SERIES_MAX * 2) references.push(reference);
  }
}

function labelsOf(references: readonly number[], symbols: Symbols): LabelSet {
  const labels = new LabelSet();
  if (references.length % 2 !== 0) labels.refuse("Cannot take labels: a name has no value");
  for (let i = 0; i + 1 < references.length; i += 2) {
    const [name, value] = [references[i], references[i + 1]];
    if (name >= symbols.length || value >= symbols.length) {
      labels.refuse(`Cannot find a symbol: wanted an index below ${symbols.length}`);
    } else labels.add(symbols[name], symbols[value]);
  }
  return labels;
}

function readMetadata(reader: MessageReader, end: number, symbols: Symbols) {
  let type = 0;
  let unit = 0;
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        type = reader.uint32(end);
        break;
      case 4:
        unit = reader.uint32(end);
        break;
      default:
        reader.skip(end);
    }
  }
  return { kind: kindOf(type), unit: symbols[unit] || undefined };
}
