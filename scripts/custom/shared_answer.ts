/** Memory that two threads share: whether there is an answer, how long it is, and its bytes. */

/** Index of the state. */
export const STATE = 0;
export const WAITING = 0;
export const ANSWERED = 1;

const HEAD_BYTES = 8;
const LENGTH = 1;
/** Of an address range, which costs nothing until it is used. */
const BYTES_MAX = 256 * 1024 * 1024;

export function createSharedAnswer(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES, { maxByteLength: BYTES_MAX });
}

/** @throws {RangeError} When the answer is longer than the memory may become. */
export function putAnswer(shared: SharedArrayBuffer, bytes: Uint8Array): void {
  const wanted = HEAD_BYTES + bytes.length;
  if (wanted > shared.byteLength) shared.grow(wanted);
  new Int32Array(shared, 0, 2)[LENGTH] = bytes.length;
  new Uint8Array(shared, HEAD_BYTES).set(bytes);
}

export function takeAnswer(shared: SharedArrayBuffer): Uint8Array<ArrayBuffer> {
  const length = new Int32Array(shared, 0, 2)[LENGTH];
  return new Uint8Array(new Uint8Array(shared, HEAD_BYTES, length));
}
