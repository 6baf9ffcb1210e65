/**
 * Snappy's block format. Not by the usual package: snappyjs 0.7.0 never returns from a literal that
 * declares 2 GiB, and leaves zeros where a block ends early.
 */

/** A block that is none; `reason` says why. */
export class SnappyError extends Error {
  override readonly name = "SnappyError";
  constructor(readonly reason: string) {
    super(`Cannot decompress a snappy block: ${reason}`);
  }
}

/**
 * Length that a block says it decompresses to, and where its elements begin.
 * @throws {SnappyError}
 */
export function snappyLength(
  block: Uint8Array,
): { readonly length: number; readonly from: number } {
  let length = 0;
  for (let index = 0, scale = 1; index < 5; index++, scale *= 128) {
    if (index >= block.length) throw new SnappyError("its length does not end");
    length += (block[index] & 0x7f) * scale;
    if (block[index] >= 0x80) continue;
    if (length > 0xffffffff) break;
    return { length, from: index + 1 };
  }
  throw new SnappyError("its length has more than 32 bits");
}

/**
 * The bytes of a block. Whoever calls has held its declared length against a limit, and a length that so
 * few bytes cannot make is refused before it is reserved.
 * @throws {SnappyError} When it does not make exactly as many bytes as it declares.
 */
export function unsnappy(block: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length, from } = snappyLength(block);
  if (length > block.length * EXPANSION_MAX) {
    throw new SnappyError("it declares more than it makes");
  }
  const bytes = new Uint8Array(length);
  let at = from;
  let filled = 0;
  while (at < block.length) {
    const tag = block[at];
    const kind = tag & 3;
    const size = kind === 0 ? literalSize(block, at) : copySize(tag, kind);
    if (filled + size > length) throw new SnappyError("it is longer than it declares");
    if (kind === 0) {
      at += literalHead(tag);
      if (at + size > block.length) throw new SnappyError("a literal passes its end");
      bytes.set(block.subarray(at, at + size), filled);
      at += size;
    } else {
      const offset = copyOffset(block, at, kind);
      if (offset === 0 || offset > filled) throw new SnappyError("a copy begins before the block");
      copyWithin(bytes, filled, offset, size);
      at += COPY_HEAD[kind];
    }
    filled += size;
  }
  if (filled < length) throw new SnappyError("it is shorter than it declares");
  return bytes;
}

/** A copy of 64 bytes takes three. */
const EXPANSION_MAX = 22;

/** Bytes of a copy element by its kind. */
const COPY_HEAD = [0, 2, 3, 5];

/** Length of a literal beyond which one to four bytes more hold it. */
const LITERAL_INLINE_MAX = 60;

function literalHead(tag: number): number {
  return 1 + Math.max(0, (tag >>> 2) - LITERAL_INLINE_MAX + 1);
}

function literalSize(block: Uint8Array, at: number): number {
  const inline = block[at] >>> 2;
  if (inline < LITERAL_INLINE_MAX) return inline + 1;
  return littleEndian(block, at + 1, inline - LITERAL_INLINE_MAX + 1) + 1;
}

function copySize(tag: number, kind: number): number {
  return kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
}

function copyOffset(block: Uint8Array, at: number, kind: number): number {
  const head = littleEndian(block, at + 1, COPY_HEAD[kind] - 1);
  return kind === 1 ? ((block[at] >>> 5) << 8) + head : head;
}

function littleEndian(block: Uint8Array, from: number, count: number): number {
  if (from + count > block.length) throw new SnappyError("an element passes its end");
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + block[from + i];
  return value;
}

/** A copy may reach into what it has just written, which repeats it. */
function copyWithin(bytes: Uint8Array, filled: number, offset: number, size: number): void {
  if (offset >= size) bytes.copyWithin(filled, filled - offset, filled - offset + size);
  else for (let i = 0; i < size; i++) bytes[filled + i] = bytes[filled - offset + i];
}
