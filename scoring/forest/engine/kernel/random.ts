// The generator of `scoring/numeric/random.ts`: the same numbers for the same seed.

let a: u32 = 0;
let b: u32 = 0;
let c: u32 = 0;
let counter: u32 = 0;

/** Begins with a seed of 53 bits, given as its low 32 bits and the rest. */
export function seedRandom(low: u32, high: u32): void {
  a = 0;
  b = low;
  c = high;
  counter = 1;
  for (let round = 0; round < 12; round++) nextUint32();
}

export function nextUint32(): u32 {
  const result = a + b + counter;
  counter++;
  a = b ^ (b >>> 9);
  b = c + (c << 3);
  c = ((c << 21) | (c >>> 11)) + result;
  return result;
}

export function nextFloat(): f64 {
  const high = nextUint32() >>> 5;
  const low = nextUint32() >>> 6;
  return (<f64> high * 67108864.0 + <f64> low) / 9007199254740992.0;
}

/** For n from 1 to 2³² − 1. */
export function below(n: u32): u32 {
  let drawn = nextUint32();
  const negative: u32 = ~n + 1;
  if (drawn >= negative) {
    const limit: u64 = 0x100000000 - <u64> (negative % n);
    while (<u64> drawn >= limit) drawn = nextUint32();
  }
  return drawn % n;
}
