/** Fills the array with random bytes and returns it, as `crypto.getRandomValues` does. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

export interface IdDeps {
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly random: RandomBytes;
}

/** Ids that one factory can make in a millisecond before it borrows from the next one. */
const IDS_PER_MS = 4_096;

/**
 * Makes ids: UUIDs of version 7 (RFC 9562), which sort by the time they were made. Those of one
 * factory ascend strictly, also within a millisecond and when the clock steps back.
 */
export function createIdFactory({ now, random }: IdDeps): () => string {
  let ms = 0;
  let counter = 0;
  return () => {
    const present = now();
    counter = present > ms ? 0 : counter + 1;
    ms = Math.max(present, ms);
    if (counter === IDS_PER_MS) {
      ms++;
      counter = 0;
    }
    return uuid7(ms, counter, random(new Uint8Array(8)));
  };
}

function uuid7(ms: number, counter: number, tail: Uint8Array): string {
  tail[0] = (tail[0] & 0x3f) | 0x80;
  const time = ms.toString(16).padStart(12, "0");
  const rest = tail.toHex();
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${counter.toString(16).padStart(3, "0")}`,
    rest.slice(0, 4),
    rest.slice(4),
  ].join("-");
}
