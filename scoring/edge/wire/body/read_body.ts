import { createDeferred } from "../../async/deferred.ts";
import { type BodyLimits, tooLarge } from "./body_limits.ts";
import { giveBack } from "./buffers.ts";
import { openReader } from "./chunk_reader.ts";
import { GrowingBytes } from "./growing_bytes.ts";
import { Problem, quoted } from "../problem.ts";
import { SnappyError, snappyLength, unsnappy } from "./snappy.ts";

/** First capacity of the buffer: a declared length is a claim, so it does not reserve memory. */
const FIRST_CAPACITY_MAX = 64 * 1024;

/** A body of at most so many bytes, as it declares, is read in one go, whatever its pieces. */
const WHOLE_BYTES_MAX = 64 * 1024;

/** Chunks that any body may come in, whatever its size. */
const CHUNKS_FREE = 1_024;

/** Beyond those, the mean size that chunks must have: a TCP segment has about five times as much. */
const CHUNK_BYTES_MEAN_MIN = 256;

/**
 * Compressed bytes that are inflated at once. Deflate expands at most 1032-fold, so a step makes at
 * most 1 MiB before the limit is looked at.
 */
const INFLATE_STEP = 1024;

/**
 * Content codings that are taken, and the names that `DecompressionStream` has for them. Brotli is not:
 * it makes 16 MiB of a few bytes, before anybody can look at a limit.
 */
const CODINGS: ReadonlyMap<string, CompressionFormat> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
]);

export interface BodyOptions {
  /** Takes one snappy block as well, as remote write sends it. */
  readonly isSnappyTaken?: boolean;
}

/**
 * The whole body, decompressed, within the limits. Most are small and come as they are: those are read
 * without a promise more than that takes.
 * @throws {Problem} When it is too large, too slow, in too many pieces, or not what its encoding says.
 */
export function readBody(
  request: Request,
  limits: BodyLimits,
  { isSnappyTaken = false }: BodyOptions = {},
): Promise<Uint8Array> {
  const declared = declaredLength(request, limits.bodyBytesMax);
  const coding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding === "" || coding === "identity") return readSent(request, declared, limits);
  if (isSnappyTaken && coding === "snappy") return readSnappy(request, declared, limits);
  return readInflated(request, declared, limits, openInflater(coding));
}

async function readSnappy(
  request: Request,
  declared: number,
  limits: BodyLimits,
): Promise<Uint8Array> {
  return unsnappied(await readSent(request, declared, limits), limits);
}

async function readInflated(
  request: Request,
  declared: number,
  limits: BodyLimits,
  inflater: DecompressionStream,
): Promise<Uint8Array> {
  return await inflate(await readSent(request, declared, limits), inflater, limits);
}

function declaredLength(request: Request, bodyBytesMax: number): number {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > bodyBytesMax) throw tooLarge(bodyBytesMax);
  return declared >= 0 ? declared : 0;
}

function openInflater(coding: string): DecompressionStream {
  const format = CODINGS.get(coding);
  if (format !== undefined) return new DecompressionStream(format);
  throw new Problem(
    "ENCODING_UNSUPPORTED",
    `Cannot decode content encoding ${quoted(coding)}: wanted gzip, deflate or identity, once`,
    { headers: { "accept-encoding": "gzip, deflate, identity" } },
  );
}

/** The body as it was sent. Servers hold it to the length that it declares. */
function readSent(
  request: Request,
  declared: number,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  if (declared > 0 && declared <= WHOLE_BYTES_MAX) return readWhole(request, limits);
  if (request.body === null) throw empty();
  limits.share.reserve(declared);
  return collect(request.body, limits, Math.min(declared, FIRST_CAPACITY_MAX));
}

/** Turns of the microtask queue in which a runtime hands over what has arrived already. */
const TURNS_AT_ONCE = 8;

/** Without a stream of JavaScript's, which costs several times what such a body does. */
async function readWhole(
  request: Request,
  { bodyBytesMax, bodyMsMax, share }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const here: { buffer?: ArrayBuffer } = {};
  const reading = request.arrayBuffer().then((buffer) => here.buffer = buffer, aborted);
  // A body that is here without waiting for the network needs no timer.
  for (let turn = 0; turn < TURNS_AT_ONCE && here.buffer === undefined; turn++) await undefined;
  const bytes = new Uint8Array(here.buffer ?? await within(bodyMsMax, reading));
  if (bytes.length > bodyBytesMax) throw tooLarge(bodyBytesMax);
  if (bytes.length === 0) throw empty();
  share.use(bytes.length);
  return bytes;
}

async function within<T>(ms: number, reading: Promise<T>): Promise<T> {
  const { promise: expired, reject } = createDeferred<never>();
  const timer = setTimeout(() => reject(timedOut(ms)), ms);
  try {
    return await Promise.race([reading, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function empty(): Problem {
  return new Problem("BODY_EMPTY", "Cannot read an empty body");
}

function aborted(cause: unknown): never {
  throw new Problem("BODY_ABORTED", "Cannot read the body to its end", {}, { cause });
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  limits: BodyLimits,
  capacity: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new GrowingBytes(capacity, limits);
  const reader = openReader(stream);
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    cancelQuietly(reader);
  }, limits.bodyMsMax);
  try {
    for (let chunks = 1;; chunks++) {
      const value = await reader.read().catch(aborted);
      if (expired) throw timedOut(limits.bodyMsMax);
      if (value === undefined && bytes.length === 0) throw empty();
      if (value === undefined) return bytes.view();
      bytes.append(value);
      if (chunks > CHUNKS_FREE + bytes.length / CHUNK_BYTES_MEAN_MIN) throw fragmented(chunks);
    }
  } catch (error) {
    cancelQuietly(reader);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The sender may be gone already; then there is nothing to cancel. */
function cancelQuietly(reader: { cancel(): Promise<void> }): void {
  reader.cancel().catch(() => {});
}

function timedOut(limit: number): Problem {
  return new Problem("BODY_TIMEOUT", `Cannot wait more than ${limit} ms for a body`, { limit });
}

function fragmented(chunks: number): Problem {
  return new Problem(
    "BODY_FRAGMENTED",
    `Cannot take a body in ${chunks} pieces of less than ${CHUNK_BYTES_MEAN_MIN} bytes on average`,
    { limit: CHUNK_BYTES_MEAN_MIN },
  );
}

/** The framed format begins with a chunk that names it; remote write wants one block. */
const SNAPPY_FRAME = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59];

function unsnappied(sent: Uint8Array, { bodyBytesMax, share }: BodyLimits): Uint8Array {
  if (SNAPPY_FRAME.every((byte, index) => sent[index] === byte)) {
    const message = "Cannot decompress snappy's framed format: wanted one block";
    throw new Problem("BODY_ENCODING_INVALID", message);
  }
  try {
    const { length } = snappyLength(sent);
    if (length > bodyBytesMax) throw tooLarge(bodyBytesMax);
    share.use(length);
    const bytes = unsnappy(sent);
    share.own(bytes.buffer);
    return bytes;
  } catch (cause) {
    if (!(cause instanceof SnappyError)) throw cause;
    throw new Problem("BODY_ENCODING_INVALID", cause.message, {}, { cause });
  }
}

async function inflate(
  sent: Uint8Array<ArrayBuffer>,
  inflater: DecompressionStream,
  limits: BodyLimits,
): Promise<Uint8Array> {
  const bytes = new GrowingBytes(FIRST_CAPACITY_MAX, limits);
  const reader = inSteps(sent).pipeThrough(inflater).getReader();
  for (;;) {
    const { done, value } = await nextInflated(reader);
    if (done) return bytes.view();
    try {
      bytes.append(value);
    } catch (error) {
      cancelQuietly(reader);
      throw error;
    }
    giveBackWhole(value);
  }
}

/** A chunk that fills its buffer shares it with nobody; a bomb leaves a megabyte of it at each step. */
function giveBackWhole({ buffer, length }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) giveBack(buffer);
}

async function nextInflated(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (cause) {
    const message = "Cannot decompress the body as its content encoding says";
    throw new Problem("BODY_ENCODING_INVALID", message, {}, { cause });
  }
}

function inSteps(sent: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= sent.length) return controller.close();
      controller.enqueue(sent.subarray(from, from + INFLATE_STEP));
      from += INFLATE_STEP;
    },
  });
}
