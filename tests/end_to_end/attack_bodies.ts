import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { encodeV1, snappy } from "../scoring/edge/senders/encode_remote_write.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** One hostile request, or several of it at once. */
export interface Attack {
  readonly name: string;
  readonly contentType: string;
  readonly encoding?: string;
  /** Made anew for each request where it is a stream. */
  readonly body: () => BodyInit;
  /** Requests at once; 1 where not given. */
  readonly count?: number;
}

const MEGABYTE = 1 << 20;
const JSON_TYPE = "application/json";
const PROTOBUF = "application/x-protobuf";

/** What a sender who means harm sends, to whatever route. Bodies are made once. */
export function attacks(): readonly Attack[] {
  return [...bombs(), ...snappyBlocks(), ...texts(), ...messages(), ...crowds()];
}

/** A quarter of a gigabyte of zeros, and what is compressed twice. */
function bombs(): Attack[] {
  const zeros = new Uint8Array(256 * MEGABYTE);
  const gzip = gzipSync(zeros);
  const made: [string, Bytes][] = [
    ["gzip", gzip],
    ["deflate", deflateSync(zeros)],
    ["br", brotliCompressSync(zeros)],
    ["gzip", gzip.slice(0, gzip.length / 2)],
  ];
  return made.flatMap(([encoding, bytes], index) =>
    [JSON_TYPE, PROTOBUF].map((contentType) => ({
      name: `bomb ${index} ${encoding} as ${contentType}`,
      contentType,
      encoding,
      body: () => bytes,
    }))
  );
}

function snappyBlocks(): Attack[] {
  const attack = (name: string, bytes: Bytes): Attack => (
    { name, contentType: PROTOBUF, encoding: "snappy", body: () => bytes }
  );
  return [
    attack("snappy of 4 GB", new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0])),
    attack("snappy of zeros", snappy(new Uint8Array(10 * MEGABYTE))),
    attack("snappy of 10 MB that it does not make", blockThatEnds()),
    attack("framed snappy", new Uint8Array([0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59])),
  ];
}

/** Declares what so many bytes could make, and ends early. */
function blockThatEnds(): Bytes {
  const block = new Uint8Array(MEGABYTE);
  block.set([0x80, 0x80, 0x80, 0x05]);
  return block;
}

function texts(): Attack[] {
  const text = (name: string, body: string, contentType = JSON_TYPE): Attack => {
    const bytes = new TextEncoder().encode(body);
    return { name, contentType, body: () => bytes };
  };
  const keys = Array.from({ length: 300_000 }, (_, i) => `"${i.toString(36)}":1`);
  return [
    text("empty objects", `{"points":[${"{},".repeat(1_300_000)}{}]}`),
    text("empty arrays", `{"vectors":[${"[],".repeat(1_300_000)}[]]}`),
    text("nested arrays", "[".repeat(4_000_000)),
    text("keys", `{${keys.join(",")}}`),
    text("a text of 4 MB", JSON.stringify("é".repeat(2_000_000))),
    text("short texts", `[${'"ab",'.repeat(800_000)}1]`),
    text("lines of objects", "{}\n".repeat(1_300_000), "application/x-ndjson"),
    text("a table of commas", ",".repeat(4_000_000), "text/csv"),
    text("a line of tags", `m,${"a=b,".repeat(1_000_000)}c=d f=1 1`, "text/plain"),
    text("lines of one letter", "a\n".repeat(5_000_000), "text/plain"),
  ];
}

function messages(): Attack[] {
  const message = (name: string, bytes: Uint8Array): Attack => {
    const block = snappy(bytes);
    return { name, contentType: PROTOBUF, encoding: "snappy", body: () => block };
  };
  const emptySeries = new Uint8Array(20_000_000).map((_, i) => i % 2 === 0 ? 0x0a : 0);
  return [
    message("10 million empty series", emptySeries),
    message("5 million empty series", emptySeries.subarray(0, 10_000_000)),
    message("a label of 1 MB", encodeV1([series("x".repeat(MEGABYTE))])),
    message(
      "labels of 2 kB",
      encodeV1(Array.from({ length: 4_000 }, (_, i) => series(longText(i)))),
    ),
    message("a length of 4 GB", new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3])),
  ];
}

function longText(index: number): string {
  return String(index).padStart(2_000, "x");
}

function series(value: string) {
  const labels = [["__name__", "up"], ["instance", value]] as const;
  return { labels, samples: [[1_780_000_000_000, 1] as const] };
}

/** Many at once, and in many pieces. */
function crowds(): Attack[] {
  const noise = new Uint8Array(6_700_000).map((_, i) => (i * 2_654_435_761) >>> 24);
  const objects = new TextEncoder().encode(`{"points":[${"{},".repeat(1_300_000)}{}]}`);
  const crowd = (name: string, contentType: string, body: () => BodyInit): Attack => (
    { name: `eight of ${name}`, contentType, body, count: 8 }
  );
  return [
    crowd("6.7 MB", JSON_TYPE, () => noise),
    crowd("6.7 MB in protobuf", PROTOBUF, () => noise),
    crowd("6.7 MB without a length", PROTOBUF, () => streamOf(noise)),
    crowd("empty objects", JSON_TYPE, () => objects),
    crowd("one-byte chunks", PROTOBUF, oneByteChunks),
    { name: "one-byte chunks", contentType: JSON_TYPE, body: oneByteChunks },
  ];
}

function streamOf(bytes: Bytes): ReadableStream<Bytes> {
  return ReadableStream.from([bytes.subarray(0, MEGABYTE), bytes.subarray(MEGABYTE)]);
}

function oneByteChunks(): ReadableStream<Bytes> {
  return ReadableStream.from(Array.from({ length: 20_000 }, () => new Uint8Array([0x7b])));
}
