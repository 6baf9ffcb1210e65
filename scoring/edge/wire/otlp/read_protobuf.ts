import type { MetricKind } from "../../mapping/mod.ts";
import { LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX } from "../limits.ts";
import { MessageReader } from "../protobuf/message_reader.ts";
import {
  type AttributeTaker,
  type AttributeValue,
  PointAttributes,
  ResourceAttributes,
  TOO_LONG,
} from "./attributes.ts";
import { kindOfSum, type MetricSink, type OtlpMetric, type OtlpPoint } from "./metric_sink.ts";

/**
 * Reads an `ExportMetricsServiceRequest` into the sink. What describes data points may stand after
 * them, so each message is first looked through for it; no objects are made of what is not kept.
 * @throws {Problem} When it is no such message, or too large a one.
 */
export function readOtlpProtobuf(bytes: Uint8Array, sink: MetricSink): void {
  const reader = new MessageReader(bytes);
  each(reader, bytes.length, 1, (end) => readResourceMetrics(reader, end, sink));
}

/** Runs `read` for each field of this number, from here to `end`, and passes over the others. */
function each(
  reader: MessageReader,
  end: number,
  field: number,
  read: (end: number) => void,
): void {
  while (reader.position < end) {
    if (reader.nextField(end) !== field) reader.skip(end);
    else {
      const inner = reader.enter(end);
      read(inner);
      reader.leave(inner);
    }
  }
}

function readResourceMetrics(reader: MessageReader, end: number, sink: MetricSink): void {
  const from = reader.position;
  sink.enterGroup();
  const resource = new ResourceAttributes();
  each(reader, end, 1, (inner) => {
    each(reader, inner, 1, (pair) => readAttribute(reader, pair, resource));
  });
  reader.leave(from);
  each(reader, end, 2, (scope) => {
    sink.enterGroup();
    each(reader, scope, 2, (metric) => readMetric(reader, metric, resource.attributes, sink));
  });
}

/** Field numbers of the shapes that a metric can have. */
const SHAPES = { gauge: 5, sum: 7, histogram: 9, exponentialHistogram: 10, summary: 11 } as const;

function readMetric(
  reader: MessageReader,
  end: number,
  resource: ReadonlyMap<string, string>,
  sink: MetricSink,
): void {
  const from = reader.position;
  sink.enterGroup();
  let name: string | undefined = "";
  let unit: string | undefined = "";
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        name = reader.text(end, LABEL_NAME_BYTES_MAX);
        break;
      case 3:
        unit = reader.text(end, LABEL_NAME_BYTES_MAX);
        break;
      default:
        reader.skip(end);
    }
  }
  // A name that is too long is told as one that cannot be made a metric of.
  const metric = { name: name ?? "", unit: unit ?? "", resource };
  for (const shape of Object.values(SHAPES)) {
    reader.leave(from);
    each(reader, end, shape, (data) => readData(reader, data, shape, metric, sink));
  }
}

type Shape = typeof SHAPES[keyof typeof SHAPES];

function readData(
  reader: MessageReader,
  end: number,
  shape: Shape,
  described: Omit<OtlpMetric, "kind">,
  sink: MetricSink,
): void {
  const from = reader.position;
  const metric = { ...described, kind: readKind(reader, end, shape) };
  reader.leave(from);
  each(reader, end, 1, (point) => {
    if (shape === SHAPES.gauge || shape === SHAPES.sum) readNumber(reader, point, metric, sink);
    else if (shape === SHAPES.summary) readSummary(reader, point, metric, sink);
    else readHistogram(reader, point, metric, sink, shape === SHAPES.histogram ? 9 : 1);
  });
}

function readKind(reader: MessageReader, end: number, shape: Shape): MetricKind {
  let temporality = 0;
  // Histograms count what has happened, and summaries do so since their start.
  let isMonotonic = shape !== SHAPES.sum;
  if (shape === SHAPES.gauge) return "gauge";
  if (shape === SHAPES.summary) return "counter";
  while (reader.position < end) {
    const field = reader.nextField(end);
    if (field === 2) temporality = reader.uint32(end);
    else if (field === 3 && shape === SHAPES.sum) isMonotonic = reader.uint32(end) !== 0;
    else reader.skip(end);
  }
  return kindOfSum(temporality, isMonotonic);
}

function readNumber(
  reader: MessageReader,
  end: number,
  metric: OtlpMetric,
  sink: MetricSink,
): void {
  const common = new CommonFields({ attributes: 7, flags: 8 });
  let value: number | undefined;
  while (reader.position < end) {
    const field = reader.nextField(end);
    if (field === 4) value = reader.double(end);
    else if (field === 6) value = Number(reader.sfixed64(end));
    else common.read(reader, end, field);
  }
  sink.number(metric, common.point(), value);
}

function readHistogram(
  reader: MessageReader,
  end: number,
  metric: OtlpMetric,
  sink: MetricSink,
  attributes: 1 | 9,
): void {
  const common = new CommonFields({ attributes, flags: 10 });
  let count = 0;
  let sum: number | undefined;
  while (reader.position < end) {
    const field = reader.nextField(end);
    if (field === 4) count = Number(reader.fixed64(end));
    else if (field === 5) sum = reader.double(end);
    else common.read(reader, end, field);
  }
  sink.histogram(metric, common.point(), count, sum);
}

function readSummary(
  reader: MessageReader,
  end: number,
  metric: OtlpMetric,
  sink: MetricSink,
): void {
  const common = new CommonFields({ attributes: 7, flags: 8 });
  const quantiles: [number, number][] = [];
  let count = 0;
  let sum = 0;
  while (reader.position < end) {
    const field = reader.nextField(end);
    if (field === 4) count = Number(reader.fixed64(end));
    else if (field === 5) sum = reader.double(end);
    else if (field === 6) {
      const quantile = readQuantile(reader, reader.enter(end));
      if (quantiles.length < QUANTILES_MAX) quantiles.push(quantile);
    } else common.read(reader, end, field);
  }
  sink.summary(metric, common.point(), { count, sum, quantiles });
}

/** Quantiles of one summary; usual ones have five. */
export const QUANTILES_MAX = 32;

function readQuantile(reader: MessageReader, end: number): [quantile: number, value: number] {
  let [quantile, value] = [0, 0];
  while (reader.position < end) {
    const field = reader.nextField(end);
    if (field === 1) quantile = reader.double(end);
    else if (field === 2) value = reader.double(end);
    else reader.skip(end);
  }
  return [quantile, value];
}

/** Fields that data points of all shapes have, some under numbers of their own. */
class CommonFields {
  readonly #attributes = new PointAttributes();
  #timeUnixNano = 0n;
  #flags = 0;

  constructor(readonly numbers: { readonly attributes: number; readonly flags: number }) {}

  read(reader: MessageReader, end: number, field: number): void {
    if (field === 3) this.#timeUnixNano = reader.fixed64(end);
    else if (field === this.numbers.flags) this.#flags = reader.uint32(end);
    else if (field === this.numbers.attributes) {
      readAttribute(reader, reader.enter(end), this.#attributes);
    } else reader.skip(end);
  }

  point(): OtlpPoint {
    const { attributes, fault } = this.#attributes;
    return { attributes, fault, timeUnixNano: this.#timeUnixNano, flags: this.#flags };
  }
}

function readAttribute(reader: MessageReader, end: number, taker: AttributeTaker): void {
  let key: string | undefined = "";
  let value: AttributeValue | typeof TOO_LONG;
  while (reader.position < end) {
    const field = reader.nextField(end);
    if (field === 1) key = reader.text(end, LABEL_NAME_BYTES_MAX);
    else if (field === 2) value = readValue(reader, reader.enter(end));
    else reader.skip(end);
  }
  taker.add(key, value);
}

function readValue(reader: MessageReader, end: number): AttributeValue | typeof TOO_LONG {
  let value: AttributeValue;
  while (reader.position < end) {
    switch (reader.nextField(end)) {
      case 1:
        value = reader.text(end, LABEL_VALUE_BYTES_MAX) ?? TOO_LONG;
        break;
      case 2:
        value = String(reader.uint32(end) !== 0);
        break;
      case 3:
        value = String(reader.int64(end));
        break;
      case 4:
        value = String(reader.double(end));
        break;
      default:
        reader.skip(end);
    }
  }
  return value;
}
