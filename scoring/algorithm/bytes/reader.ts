import type { ParameterRule } from "../algorithm.ts";
import { readParameters } from "../parameters.ts";
import { ALGORITHM_BYTES_MAX, CHECKSUM_BYTES, crc32, MAGIC } from "./layout.ts";

/** Whose bytes are expected. */
export interface BytesKind<Rules extends Readonly<Record<string, ParameterRule>>> {
  readonly algorithm: string;
  readonly version: number;
  readonly rules: Rules;
}

/** What numbers may be; a NaN is refused unless it is allowed, and so is ∞ unless `max` is. */
export interface ValueRange {
  readonly min?: number;
  readonly max?: number;
  readonly mayBeNaN?: boolean;
}

/**
 * Takes fields in the order in which they were written. Each method throws a RangeError that names
 * the field when it is missing, of another length or out of its range; no array is allocated before
 * its length is known to be right and there.
 */
export interface ByteReader<Rules> {
  readonly parameters: { readonly [Name in keyof Rules]: number };
  integer(field: string, min: number, max: number): number;
  number(field: string, range?: ValueRange): number;
  /** `length` is what an array must have; without it any that is there. */
  bytes(field: string, length?: number, range?: ValueRange): Uint8Array<ArrayBuffer>;
  shorts(field: string, length?: number, range?: ValueRange): Uint16Array<ArrayBuffer>;
  integers(field: string, length?: number, range?: ValueRange): Uint32Array<ArrayBuffer>;
  floats(field: string, length?: number, range?: ValueRange): Float32Array<ArrayBuffer>;
  numbers(field: string, length?: number, range?: ValueRange): Float64Array<ArrayBuffer>;
  /** Refuses bytes that are left over. */
  end(): void;
  /** Refuses content that the method knows to be unsound. */
  refuse(field: string, want: string, found: number | string): never;
}

/**
 * @throws {RangeError} When the bytes are damaged, of another method or version, or their parameters
 * are not sound.
 */
export function openBytes<Rules extends Readonly<Record<string, ParameterRule>>>(
  bytes: Uint8Array,
  kind: BytesKind<Rules>,
): ByteReader<Rules> {
  const cursor = createCursor(bytes, kind.algorithm);
  checkFrame(bytes, cursor);
  readKind(cursor, kind);
  const parameters = readParameters(kind.rules, readParameterValues(cursor));
  const array = <T extends NumberArray>(type: ArrayType<T>, get: Getter) =>
  (
    field: string,
    length?: number,
    range: ValueRange = {},
  ): T => {
    const count = cursor.take(field, 4, (view, at) => view.getUint32(at, true));
    if (length !== undefined && count !== length) {
      cursor.refuse(field, `have ${length} entries`, count);
    }
    const width = type.BYTES_PER_ELEMENT;
    return cursor.take(field, count * width, (view, at) => {
      const values = new type(count);
      for (let i = 0; i < count; i++) {
        values[i] = view[get](at + i * width, true);
        checkValue(cursor, `${field}[${i}]`, values[i], range);
      }
      return values;
    });
  };
  return {
    parameters,
    integer(field, min, max) {
      const value = cursor.take(field, 4, (view, at) => view.getUint32(at, true));
      checkValue(cursor, field, value, { min, max });
      return value;
    },
    number(field, range = {}) {
      const value = cursor.take(field, 8, (view, at) => view.getFloat64(at, true));
      checkValue(cursor, field, value, range);
      return value;
    },
    bytes: array(Uint8Array, "getUint8"),
    shorts: array(Uint16Array, "getUint16"),
    integers: array(Uint32Array, "getUint32"),
    floats: array(Float32Array, "getFloat32"),
    numbers: array(Float64Array, "getFloat64"),
    end() {
      if (cursor.left() > 0) cursor.refuse("end", "have no bytes left over", cursor.left());
    },
    refuse: cursor.refuse,
  };
}

type NumberArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;
type ArrayType<T> = { new (length: number): T; readonly BYTES_PER_ELEMENT: number };
type Getter = "getUint8" | "getUint16" | "getUint32" | "getFloat32" | "getFloat64";
type Cursor = ReturnType<typeof createCursor>;

/** Goes through all bytes but the checksum. */
function createCursor(bytes: Uint8Array, algorithm: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - CHECKSUM_BYTES;
  let offset = 0;
  const refuse = (field: string, want: string, found: number | string): never => {
    throw new RangeError(`Cannot restore ${algorithm} as ${field} must ${want}: found ${found}`);
  };
  return {
    refuse,
    left: () => end - offset,
    take<T>(field: string, count: number, read: (view: DataView, at: number) => T): T {
      if (count > end - offset) {
        refuse(field, `have ${count} bytes`, `${Math.max(end - offset, 0)} left`);
      }
      const value = read(view, offset);
      offset += count;
      return value;
    },
  };
}

function checkFrame(bytes: Uint8Array, cursor: Cursor): void {
  if (bytes.length > ALGORITHM_BYTES_MAX) {
    cursor.refuse("length", `be at most ${ALGORITHM_BYTES_MAX}`, bytes.length);
  }
  const isMagic = cursor.take(
    "magic",
    MAGIC.length,
    (view, at) => MAGIC.every((byte, i) => view.getUint8(at + i) === byte),
  );
  if (!isMagic) cursor.refuse("magic", 'be "TREEALGO"', "other bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - CHECKSUM_BYTES;
  const checksum = crc32(bytes.subarray(0, end));
  if (view.getUint32(end, true) !== checksum) {
    cursor.refuse("checksum", `be ${checksum}`, view.getUint32(end, true));
  }
}

function readKind(cursor: Cursor, { algorithm, version }: BytesKind<Record<never, never>>): void {
  const found = cursor.take("version", 4, (view, at) => view.getUint32(at, true));
  const name = readName(cursor, "name");
  if (name !== algorithm) cursor.refuse("name", `be "${algorithm}"`, `"${name}"`);
  if (found !== version) cursor.refuse("version", `be ${version}`, found);
}

function readParameterValues(cursor: Cursor): Record<string, number> {
  const count = cursor.take("parameters", 1, (view, at) => view.getUint8(at));
  const values: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = readName(cursor, `parameters[${i}]`);
    values[name] = cursor.take(name, 8, (view, at) => view.getFloat64(at, true));
  }
  return values;
}

function readName(cursor: Cursor, field: string): string {
  const length = cursor.take(field, 1, (view, at) => view.getUint8(at));
  return cursor.take(field, length, (view, at) => {
    let name = "";
    for (let i = 0; i < length; i++) name += String.fromCharCode(view.getUint8(at + i));
    return name;
  });
}

function checkValue(
  cursor: Cursor,
  field: string,
  value: number,
  { min = -Number.MAX_VALUE, max = Number.MAX_VALUE, mayBeNaN = false }: ValueRange,
): void {
  if (value >= min && value <= max) return;
  if (mayBeNaN && value !== value) return;
  cursor.refuse(field, `be in [${min}, ${max}]`, value);
}
