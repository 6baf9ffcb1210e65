import type { SampleBatch } from "../intake/mod.ts";
import type { MappedSeries } from "../mapping/mod.ts";
import { parsePrecision, readLines } from "../wire/influx/mod.ts";
import {
  decodeText,
  isObject,
  parseCsvPoints,
  type ParsedPoints,
  parseJson,
  PointParser,
  tooManyPoints,
} from "../wire/mod.ts";
import { SAMPLES_PER_REQUEST_MAX } from "../wire/limits.ts";
import type { SourceFormat, SourceMessage } from "./source.ts";
import { type TopicNames, topicNames, type TopicTemplate } from "./topic_template.ts";

/** How the messages of a source are read. */
export interface MessageReading {
  readonly format: SourceFormat;
  /** The first that fits a topic names its levels. */
  readonly topics: readonly TopicTemplate[];
  /** Between the levels of a topic. */
  readonly separator: string;
  /** Of timestamps in lines of Influx; nanoseconds without. */
  readonly precision?: string;
  /** Device of what names none, and whose topic names none. */
  readonly device?: string;
}

/**
 * Reads a message into a batch: what it holds becomes points, refusals, or is skipped and counted.
 * @throws {Problem} When the message as a whole cannot be read.
 */
export function readMessage(
  message: SourceMessage,
  batch: SampleBatch,
  reading: MessageReading,
): void {
  const names = topicNames(reading.topics, message.topic, reading.separator);
  const of = { ...names, device: names.device ?? reading.device };
  if (reading.format === "json") return readJson(message, batch, of);
  if (reading.format === "number") return readNumber(message, batch, of);
  if (reading.format === "csv") {
    const options = { pointsMax: SAMPLES_PER_REQUEST_MAX, device: of.device };
    return addPoints(parseCsvPoints(message.body, options), batch);
  }
  const precision = parsePrecision(reading.precision ?? null);
  readLines(message.body, batch, { precision, now: message.at, target: influxLabels(of) });
}

/** Tags hide these, so that a line's own device wins over its topic's. */
function influxLabels({ labels, device }: TopicNames): ReadonlyMap<string, string> {
  return device === undefined ? labels : new Map([...labels, ["device", device]]);
}

/** One point, a list of points, or `{"points": […]}`; what a point leaves out its topic tells. */
function readJson(message: SourceMessage, batch: SampleBatch, names: TopicNames): void {
  const value = parseJson(message.body);
  const list = isObject(value) && value.points !== undefined ? value.points : value;
  const items = Array.isArray(list) ? list : [list];
  if (items.length > SAMPLES_PER_REQUEST_MAX) throw tooManyPoints(SAMPLES_PER_REQUEST_MAX);
  const parser = new PointParser(names.device);
  const mapped = new Map<number, MappedSeries>();
  items.forEach((item, index) => {
    const told = isObject(item) && item.at === undefined ? { ...item, at: message.at } : item;
    const isNamed = !isObject(told) || told.metric !== undefined;
    if (isNamed) parser.take(told, index);
    else takeUnnamed(told, index, { parser, batch, names, mapped });
  });
  addPoints(parser, batch, mapped);
}

interface Taking {
  readonly parser: PointParser;
  readonly batch: SampleBatch;
  readonly names: TopicNames;
  /** What the topic is mapped to, by the position of the point. */
  readonly mapped: Map<number, MappedSeries>;
}

/** A point without a metric is of the series that its topic is mapped to. */
function takeUnnamed(
  item: Readonly<Record<string, unknown>>,
  index: number,
  { parser, batch, names, mapped }: Taking,
): void {
  const device = typeof item.device === "string" ? item.device : names.device;
  const series = batch.map(seriesOf({ ...names, device }));
  if (series.outcome === "mapped") {
    mapped.set(index, series);
    parser.take({ ...item, device: series.device, metric: series.metric }, index);
  } else {
    batch.add(series, index, 0, 0);
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A number alone; true and false count as 1 and 0, as in line protocol. */
function readNumber(message: SourceMessage, batch: SampleBatch, names: TopicNames): void {
  const text = decodeText(message.body).trim();
  // A broker that is told to forget a topic's last value passes an empty message on.
  if (text === "") return batch.skip("no_value");
  const value = NUMBER.test(text) ? Number(text) : TRUTH.get(text.toLowerCase());
  if (value === undefined) {
    return batch.refuseSample(0, "value", "VALUE_INVALID", "Cannot take the message as a number");
  }
  batch.add(batch.map(seriesOf(names)), 0, message.at, value);
}

const TRUTH: ReadonlyMap<string, number> = new Map([["true", 1], ["false", 0]]);

/** The device is a label, all else that a topic tells is for rules alone. */
function seriesOf({ device, metric, labels }: TopicNames) {
  const own = new Map(device === undefined ? [] : [["device", device]]);
  return { source: "topic", name: metric, labels: own, resource: labels } as const;
}

function addPoints(
  { points, positions, refused }: ParsedPoints,
  batch: SampleBatch,
  mapped: ReadonlyMap<number, MappedSeries> = new Map(),
): void {
  points.forEach(({ device, metric, at, value }, index) => {
    const position = positions[index];
    batch.add(mapped.get(position) ?? named(device, metric), position, at, value);
  });
  for (const { index, field, code, message } of refused) {
    batch.refuseSample(index, field, code, message);
  }
}

/** What names its device and metric itself is mapped already. */
function named(device: string, metric: string): MappedSeries {
  return { outcome: "mapped", rule: null, device, metric, unit: "", kind: "gauge" };
}
