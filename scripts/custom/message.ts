/** What passes between Treeline and a custom algorithm: a few named values, and bytes. */
export interface Message {
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Length of the head and of the body stand before them, as u32. */
const LENGTHS_BYTES = 8;

export const NO_BODY: Uint8Array<ArrayBuffer> = new Uint8Array(0);

export function encodeMessage({ head, body }: Message): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(LENGTHS_BYTES + text.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  view.setUint32(4, body.length, true);
  bytes.set(text, LENGTHS_BYTES);
  bytes.set(body, LENGTHS_BYTES + text.length);
  return bytes;
}

/** @throws {RangeError} When the bytes are no message. */
export function decodeMessage(bytes: Uint8Array<ArrayBuffer>): Message {
  const length = lengthOf(bytes);
  if (length !== bytes.length) {
    throw new RangeError(`Cannot read message as it must have ${length} bytes: ${bytes.length}`);
  }
  const headEnd = LENGTHS_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = objectOf(new TextDecoder().decode(bytes.subarray(LENGTHS_BYTES, headEnd)));
  return { head, body: bytes.slice(headEnd) };
}

/**
 * The messages of a stream, one after the other.
 *
 * @throws {RangeError} When one would have more bytes than `bytesMax`, or is none.
 */
export async function* readMessages(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  bytesMax: number,
): AsyncGenerator<Message> {
  let waiting: Uint8Array<ArrayBuffer> = NO_BODY;
  for await (const chunk of stream) {
    waiting = joined(waiting, chunk);
    while (waiting.length >= LENGTHS_BYTES) {
      const length = lengthOf(waiting);
      if (length > bytesMax) {
        throw new RangeError(
          `Cannot read message as it must have at most ${bytesMax} bytes: it declares ${length}`,
        );
      }
      if (waiting.length < length) break;
      yield decodeMessage(waiting.slice(0, length));
      waiting = waiting.slice(length);
    }
  }
}

/** Of a message, as its first bytes declare it; of fewer than those, too many. */
function lengthOf(bytes: Uint8Array<ArrayBuffer>): number {
  if (bytes.length < LENGTHS_BYTES) return LENGTHS_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return LENGTHS_BYTES + view.getUint32(0, true) + view.getUint32(4, true);
}

function joined(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new RangeError("Cannot read message as its head must be a JSON object");
}
