/** Fields of a protobuf message by their numbers, which are below 16: whole numbers, texts, messages. */
export type EncodedFields = readonly (readonly [number: number, value: number | string | Bytes])[];

type Bytes = Uint8Array<ArrayBuffer>;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * A small message of an answer. The package that reads requests could write it, for a kilobyte of a
 * worker's bundle that has none to spare.
 *
 * @param fields Numbers from 0 up to 2⁵³.
 */
export function encodeFields(fields: EncodedFields): Bytes {
  const bytes: number[] = [];
  for (const [number, value] of fields) {
    if (typeof value === "number") bytes.push(number << 3 | VARINT, ...varint(value));
    else {
      const content = typeof value === "string" ? new TextEncoder().encode(value) : value;
      bytes.push(number << 3 | LENGTH_DELIMITED, ...varint(content.length), ...content);
    }
  }
  return new Uint8Array(bytes);
}

/** Seven bits a byte, the lowest first; all bytes but the last are marked. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(rest % 0x80 + 0x80);
  return [...bytes, rest];
}
