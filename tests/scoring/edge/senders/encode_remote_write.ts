import { assert } from "@std/assert";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { compress } from "npm:snappyjs@0.7.0";

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
