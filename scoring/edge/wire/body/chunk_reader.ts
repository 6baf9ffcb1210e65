/** Bytes that are read at once: what a system hands over of a socket. */
const CHUNK_BYTES = 64 * 1024;

/** Reads a stream chunk by chunk. */
export interface ChunkReader {
  /** The next bytes, good until the next call; `undefined` at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

/**
 * Opens a stream. Where it can fill a buffer that is given, all chunks go through one: else each leaves
 * one behind, and a few large bodies leave hundreds of megabytes.
 */
export function openReader(stream: ReadableStream<Uint8Array>): ChunkReader {
  try {
    return new BufferedReader(stream.getReader({ mode: "byob" }));
  } catch (error) {
    // No stream of bytes, as tests and some runtimes make them.
    if (!(error instanceof TypeError)) throw error;
    return plainReader(stream.getReader());
  }
}

class BufferedReader implements ChunkReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new ArrayBuffer(CHUNK_BYTES);

  constructor(reader: ReadableStreamBYOBReader) {
    this.#reader = reader;
  }

  async read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#reader.read(new Uint8Array(this.#buffer));
    if (value !== undefined) this.#buffer = value.buffer;
    return done ? undefined : value;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

function plainReader(reader: ReadableStreamDefaultReader<Uint8Array>): ChunkReader {
  return {
    read: async () => (await reader.read()).value,
    cancel: () => reader.cancel(),
  };
}
