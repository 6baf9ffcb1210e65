import type { BitReader, BitWriter } from "./bit_stream.ts";

/**
 * Bytes in Huffman's code of their own frequencies (1952), for planes of which few values make up
 * the most, such as signs and exponents.
 *
 * First the code, canonical: the count of values in gamma code, then for each value, ascending, its
 * distance to the one before in gamma code and the length of its code in four bits. Then the bytes.
 * There are at least two values, so that each byte takes a bit at least.
 */
const LENGTH_BITS = 4;
/** So the reader's table has 4,096 entries; 256 values of like frequency need 8. */
const LENGTH_MAX = 12;
const VALUES = 256;

/** Bits that `writeCoded` takes. */
export function codedBits(bytes: Uint8Array): number {
  const counts = countsOf(bytes);
  const lengths = lengthsOf(counts);
  return lengths.reduce((bits, length, value) => bits + length * counts[value], tableBits(lengths));
}

export function writeCoded(bits: BitWriter, bytes: Uint8Array): void {
  const lengths = lengthsOf(countsOf(bytes));
  bits.writeGamma(lengths.reduce((count, length) => count + +(length > 0), 0));
  let last = -1;
  lengths.forEach((length, value) => {
    if (length === 0) return;
    bits.writeGamma(value - last);
    bits.write(length, LENGTH_BITS);
    last = value;
  });
  const codes = codesOf(lengths);
  for (const value of bytes) bits.write(codes[value], lengths[value]);
}

/** @throws {RangeError} When the bits hold no complete code or too few bytes. */
export function readCoded(bits: BitReader, count: number): Uint8Array {
  const lengths = readLengths(bits);
  const codes = codesOf(lengths);
  const table = new Uint16Array(1 << LENGTH_MAX);
  for (let value = 0; value < VALUES; value++) {
    const length = lengths[value];
    if (length === 0) continue;
    for (let ahead = codes[value]; ahead < table.length; ahead += 1 << length) {
      table[ahead] = value << LENGTH_BITS | length;
    }
  }
  return bits.readCoded(table, count);
}

function readLengths(bits: BitReader): Uint8Array {
  const lengths = new Uint8Array(VALUES);
  const count = bits.readGamma();
  let value = -1;
  let room = 1 << LENGTH_MAX;
  for (let i = 0; i < count; i++) {
    value += bits.readGamma();
    const length = bits.read(LENGTH_BITS);
    if (value >= VALUES || length === 0 || length > LENGTH_MAX) {
      throw new RangeError(`Cannot read code as byte ${value} must not have ${length} bits`);
    }
    lengths[value] = length;
    room -= 1 << (LENGTH_MAX - length);
  }
  if (room !== 0) throw new RangeError(`Cannot read code as it must be complete: ${room} are left`);
  return lengths;
}

function tableBits(lengths: Uint8Array): number {
  let bits = gammaBits(lengths.filter((length) => length > 0).length);
  let last = -1;
  lengths.forEach((length, value) => {
    if (length === 0) return;
    bits += gammaBits(value - last) + LENGTH_BITS;
    last = value;
  });
  return bits;
}

function gammaBits(value: number): number {
  return 2 * (31 - Math.clz32(value)) + 1;
}

function countsOf(bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(VALUES);
  for (const value of bytes) counts[value]++;
  return counts;
}

/** Bits of each value's code, 0 of one that is not there; a value alone gets another beside it. */
function lengthsOf(counts: Uint32Array): Uint8Array {
  let weights = counts.slice();
  for (let value = 0; weights.filter((weight) => weight > 0).length < 2; value++) {
    weights[value] = Math.max(weights[value], 1);
  }
  let lengths = huffmanLengths(weights);
  // Frequencies that are more alike make shorter codes.
  while (Math.max(...lengths) > LENGTH_MAX) {
    weights = weights.map((weight) => weight === 0 ? 0 : (weight >>> 1) | 1);
    lengths = huffmanLengths(weights);
  }
  return lengths;
}

function huffmanLengths(weights: Uint32Array): Uint8Array {
  const lengths = new Uint8Array(VALUES);
  let groups = [...weights.entries()]
    .filter(([, weight]) => weight > 0)
    .map(([value, weight]) => ({ weight, values: [value] }));
  while (groups.length > 1) {
    groups.sort((left, right) => left.weight - right.weight || left.values[0] - right.values[0]);
    const [first, second, ...others] = groups;
    const values = [...first.values, ...second.values];
    for (const value of values) lengths[value]++;
    groups = [...others, { weight: first.weight + second.weight, values }];
  }
  return lengths;
}

/** Canonical: shorter codes first, of one length by value; the first bit is the lowest. */
function codesOf(lengths: Uint8Array): Uint16Array {
  const next = new Uint16Array(LENGTH_MAX + 2);
  for (const length of lengths) if (length > 0) next[length + 1]++;
  for (let length = 1; length < next.length; length++) {
    next[length] = (next[length] + next[length - 1]) << 1;
  }
  const codes = new Uint16Array(VALUES);
  for (let value = 0; value < VALUES; value++) {
    const length = lengths[value];
    if (length > 0) codes[value] = turned(next[length]++, length);
  }
  return codes;
}

function turned(code: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= ((code >>> i) & 1) << (length - 1 - i);
  return bits;
}
