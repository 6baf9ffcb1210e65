import {
  ALGORITHM_BYTES_MAX,
  CHECKSUM_BYTES,
  crc32,
  MAGIC,
  NAME_BYTES_MAX,
  PARAMETERS_MAX,
} from "./layout.ts";

/** What stands before the fields of a fitted method. */
export interface BytesHead {
  /** `Algorithm.name`, in ASCII. */
  readonly algorithm: string;
  /** Of the method's content: another order or meaning of fields is another version. */
  readonly version: number;
  readonly parameters: Readonly<Record<string, number>>;
}

/** Appends fields; they are read in the same order. */
export interface ByteWriter {
  /** An integer in [0, 2³²). */
  integer(value: number): void;
  number(value: number): void;
  /** Arrays have their length before them. */
  bytes(values: Uint8Array): void;
  shorts(values: Uint16Array): void;
  integers(values: Uint32Array): void;
  floats(values: Float32Array): void;
  numbers(values: Float64Array): void;
  /** All that was written, with its checksum; the writer is used up. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** @throws {RangeError} From any call, when the bytes would pass `ALGORITHM_BYTES_MAX`. */
export function createByteWriter(head: BytesHead): ByteWriter {
  const out = createGrowing();
  const array = (values: ArrayLike<number>, width: number, set: "Uint8" | Wide) => {
    out.put(4, (view, at) => view.setUint32(at, values.length, true));
    out.put(values.length * width, (view, at) => {
      const write = set === "Uint8" ? view.setUint8 : view[`set${set}`];
      for (let i = 0; i < values.length; i++) write.call(view, at + i * width, values[i], true);
    });
  };
  const writer: ByteWriter = {
    integer: (value) => out.put(4, (view, at) => view.setUint32(at, value, true)),
    number: (value) => out.put(8, (view, at) => view.setFloat64(at, value, true)),
    bytes: (values) => array(values, 1, "Uint8"),
    shorts: (values) => array(values, 2, "Uint16"),
    integers: (values) => array(values, 4, "Uint32"),
    floats: (values) => array(values, 4, "Float32"),
    numbers: (values) => array(values, 8, "Float64"),
    finish() {
      const checksum = crc32(out.bytes());
      out.put(CHECKSUM_BYTES, (view, at) => view.setUint32(at, checksum, true));
      return out.bytes().slice();
    },
  };
  writeHead(out, head);
  return writer;
}

type Wide = "Uint16" | "Uint32" | "Float32" | "Float64";
type Growing = ReturnType<typeof createGrowing>;

function writeHead(out: Growing, { algorithm, version, parameters }: BytesHead): void {
  const entries = Object.entries(parameters);
  if (entries.length > PARAMETERS_MAX) {
    throw new RangeError(
      `Cannot write ${algorithm} as it must have at most ${PARAMETERS_MAX} parameters: ` +
        `it has ${entries.length}`,
    );
  }
  out.put(MAGIC.length, (view, at) => MAGIC.forEach((byte, i) => view.setUint8(at + i, byte)));
  out.put(4, (view, at) => view.setUint32(at, version, true));
  writeName(out, algorithm);
  out.put(1, (view, at) => view.setUint8(at, entries.length));
  for (const [name, value] of entries) {
    writeName(out, name);
    out.put(8, (view, at) => view.setFloat64(at, value, true));
  }
}

function writeName(out: Growing, name: string): void {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length === 0 || bytes.length > NAME_BYTES_MAX) {
    throw new RangeError(
      `Cannot write name as it must have 1 to ${NAME_BYTES_MAX} bytes: it has ${bytes.length}`,
    );
  }
  out.put(1 + bytes.length, (view, at) => {
    view.setUint8(at, bytes.length);
    bytes.forEach((byte, i) => view.setUint8(at + 1 + i, byte));
  });
}

function createGrowing() {
  let buffer = new ArrayBuffer(1024);
  let length = 0;
  return {
    put(count: number, write: (view: DataView, at: number) => void): void {
      const end = length + count;
      if (end > ALGORITHM_BYTES_MAX) {
        throw new RangeError(
          `Cannot write fitted method as it must have at most ${ALGORITHM_BYTES_MAX} bytes: ` +
            `it has ${end}`,
        );
      }
      if (end > buffer.byteLength) {
        const grown = new ArrayBuffer(Math.max(end, 2 * buffer.byteLength));
        new Uint8Array(grown).set(new Uint8Array(buffer, 0, length));
        buffer = grown;
      }
      write(new DataView(buffer), length);
      length = end;
    },
    bytes: () => new Uint8Array(buffer, 0, length),
  };
}
