import { assert } from "@std/assert";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { compress } from "npm:snappyjs@0.7.0";
import type { EdgeTenant } from "../../../../scoring/edge/http/app.ts";
import {
  createIntake,
  type Intake,
  type UnknownNames,
} from "../../../../scoring/edge/intake/mod.ts";
import { DEFAULT_MAPPING, type MappingSettings } from "../../../../scoring/edge/mapping/mod.ts";
import { NO_MODELS, NOW, type TestEdge, testEdge } from "../kit.ts";
import type { MemoryStore } from "../memory_store.ts";

/** An edge whose tenant makes unknown names, and what it keeps. */
export interface SenderEdge extends TestEdge {
  readonly intake: Intake;
  /** Metrics that were made. */
  readonly made: UnknownNames["metrics"][number][];
  settings: MappingSettings;
  /** All points as "device metric@at" with their values. */
  stored(): Record<string, number>;
}

export interface SenderEdgeOptions {
  readonly settings?: Partial<MappingSettings>;
  /** Metrics beyond which no more are made. */
  readonly metricsMax?: number;
  /** Whether names can be made at all. */
  readonly canCreate?: boolean;
}

export function senderEdge(options: SenderEdgeOptions = {}): SenderEdge {
  const { metricsMax = 1_000, canCreate = true } = options;
  const edge = testEdge({
    tenantOf: (): EdgeTenant => ({ ingest: edge.ingest, intake, models: NO_MODELS }),
  });
  const { ingest } = edge;
  const made: UnknownNames["metrics"][number][] = [];
  const create = (names: UnknownNames) => {
    const failures = new Map<string, string>();
    for (const device of names.devices) edge.store.addDevice(device, {});
    for (const metric of names.metrics) {
      if (made.some((each) => each.metric === metric.metric)) continue;
      if (made.length >= metricsMax) failures.set(metric.metric, "Cannot add another metric");
      else made.push(metric);
    }
    for (const { metrics } of edge.store.devices.values()) {
      for (const { metric } of made) if (!metrics.has(metric)) metrics.set(metric, profile(metric));
    }
    edge.store.changes++;
    return Promise.resolve(failures);
  };
  const senders = { settings: { ...DEFAULT_MAPPING, ...options.settings } };
  const intake: Intake = createIntake({
    ingest,
    now: () => NOW,
    settings: () => Promise.resolve(senders.settings),
    create: canCreate ? create : undefined,
  });
  return Object.assign(senders, {
    ...edge,
    intake,
    made,
    stored: () => storedPoints(edge.store),
  });
}

function profile(metric: string) {
  const metricId = `id-of-${metric}`;
  return { metricId, category: "SYSTEM", minValue: null, maxValue: null, lastAt: null };
}

function storedPoints(store: MemoryStore): Record<string, number> {
  return Object.fromEntries(
    [...store.devices].flatMap(([device, { points }]) =>
      [...points].map(([key, { value }]) => [`${device} ${key.replace("id-of-", "")}`, value])
    ),
  );
}

/** A series of remote write, which may be wrong on purpose. */
export interface WrittenSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples?: readonly (readonly [at: number, value: number | Uint8Array])[];
  readonly histograms?: number;
  readonly exemplars?: number;
  readonly metadata?: { readonly type: number; readonly unit?: string };
}

/** The bits of Prometheus' stale marker, little-endian. */
export const STALE = new Uint8Array([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** A `prometheus.WriteRequest`. */
export function encodeV1(
  series: readonly WrittenSeries[],
  metadata: readonly (readonly [family: string, type: number, unit: string])[] = [],
): Uint8Array {
  const writer = new BinaryWriter();
  for (const each of series) {
    writer.tag(1, WireType.LengthDelimited).fork();
    for (const [name, value] of each.labels) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.LengthDelimited).string(value);
      writer.join();
    }
    writeSamples(writer, each, { samples: 2, exemplars: 3, histograms: 4 });
    writer.join();
  }
  for (const [family, type, unit] of metadata) {
    writer.tag(3, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).uint32(type);
    writer.tag(2, WireType.LengthDelimited).string(family);
    writer.tag(5, WireType.LengthDelimited).string(unit);
    writer.join();
  }
  return writer.finish();
}

/** An `io.prometheus.write.v2.Request`. */
export function encodeV2(series: readonly WrittenSeries[]): Uint8Array {
  const symbols = new Map([["", 0]]);
  const indexOf = (text: string) => {
    const index = symbols.get(text) ?? symbols.size;
    symbols.set(text, index);
    return index;
  };
  const body = new BinaryWriter();
  for (const each of series) {
    body.tag(5, WireType.LengthDelimited).fork();
    body.tag(1, WireType.LengthDelimited).fork();
    for (const text of each.labels.flat()) body.uint32(indexOf(text));
    body.join();
    writeSamples(body, each, { samples: 2, histograms: 3, exemplars: 4 });
    if (each.metadata) {
      body.tag(5, WireType.LengthDelimited).fork();
      body.tag(1, WireType.Varint).uint32(each.metadata.type);
      body.tag(4, WireType.Varint).uint32(indexOf(each.metadata.unit ?? ""));
      body.join();
    }
    body.join();
  }
  const head = new BinaryWriter();
  for (const text of symbols.keys()) head.tag(4, WireType.LengthDelimited).string(text);
  return new Uint8Array([...head.finish(), ...body.finish()]);
}

function writeSamples(
  writer: BinaryWriter,
  { samples = [], histograms = 0, exemplars = 0 }: WrittenSeries,
  fields: { readonly samples: number; readonly histograms: number; readonly exemplars: number },
): void {
  for (const [at, value] of samples) {
    writer.tag(fields.samples, WireType.LengthDelimited).fork();
    // proto3 leaves zeros out.
    if (value !== 0) {
      writer.tag(1, WireType.Bit64);
      if (typeof value === "number") writer.double(value);
      else writer.raw(value);
    }
    if (at !== 0) writer.tag(2, WireType.Varint).int64(at);
    writer.join();
  }
  for (let i = 0; i < histograms; i++) writer.tag(fields.histograms, 2).fork().join();
  for (let i = 0; i < exemplars; i++) writer.tag(fields.exemplars, 2).fork().join();
}

export const V1 = "application/x-protobuf";
export const V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

/** One snappy block. */
export function snappy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const block = compress(bytes);
  assert(block instanceof Uint8Array);
  return new Uint8Array(block);
}

/** What a remote write sender posts. */
export function written(bytes: Uint8Array, type = V1) {
  return {
    body: snappy(bytes),
    headers: { "content-type": type, "content-encoding": "snappy" },
  };
}
