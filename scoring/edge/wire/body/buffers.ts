/** Node 20 has no `transfer`: there, garbage is collected when it is. */
type Transferable = Partial<Pick<ArrayBuffer, "transfer" | "detached">>;

/** The buffer with another length. What it was before is given back at once, where that can be done. */
export function resized(buffer: ArrayBuffer, length: number): ArrayBuffer {
  const { transfer }: Transferable = buffer;
  if (transfer !== undefined) return transfer.call(buffer, length);
  const copy = new Uint8Array(length);
  copy.set(new Uint8Array(buffer, 0, Math.min(length, buffer.byteLength)));
  return copy.buffer;
}

/** Gives a buffer back at once that nobody needs any more: garbage is collected late. */
export function giveBack(buffer: ArrayBuffer): void {
  const { transfer, detached = false }: Transferable = buffer;
  if (!detached) transfer?.call(buffer, 0);
}
