/**
 * The frame of a fitted method, little-endian:
 *
 *     0   8  magic "TREEALGO"
 *     8   4  version of the method's own content
 *     12  1  length of the name, then the name in ASCII
 *         1  count of parameters, then of each the length of its name, the name and an f64
 *            fields, in the order in which the method reads them
 *     −4  4  CRC-32 of all bytes before it
 *
 * A single number has no length before it, an array has a u32.
 */
export const MAGIC = new TextEncoder().encode("TREEALGO");
export const CHECKSUM_BYTES = 4;
/** The greatest fitted method that is written or read: memory of several hundred models. */
export const ALGORITHM_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes of a name, as one byte holds its length. */
export const NAME_BYTES_MAX = 255;
/** Parameters of a method, as one byte holds their count. */
export const PARAMETERS_MAX = 255;

/** CRC-32 of ISO-HDLC, as in gzip: it finds every damage of up to 32 adjacent bits. */
export function crc32(bytes: Uint8Array): number {
  const table = crcTable();
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

function crcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}
