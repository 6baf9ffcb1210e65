import { assert, assertEquals } from "@std/assert";
import { createIdFactory, type RandomBytes } from "../../domain/mod.ts";

const zeros: RandomBytes = (bytes) => bytes.fill(0);
const ones: RandomBytes = (bytes) => bytes.fill(0xff);

Deno.test("an id is a UUID of version 7 with the clock's milliseconds in front", () => {
  const newId = createIdFactory({ now: () => 0x0192_f3a4_b5c6, random: ones });
  assertEquals(newId(), "0192f3a4-b5c6-7000-bfff-ffffffffffff");
});

Deno.test("ids ascend within a millisecond, past its last id and when the clock steps back", () => {
  let ms = 1_000;
  const newId = createIdFactory({ now: () => ms, random: zeros });
  const ids = Array.from({ length: 10_000 }, () => newId());
  ms = 500;
  ids.push(newId());
  ms = 2_000;
  ids.push(newId());
  assert(ids.every((id, i) => i === 0 || ids[i - 1] < id));
});

Deno.test("two factories make different ids in the same millisecond", () => {
  const [one, two] = [zeros, ones].map((random) => createIdFactory({ now: () => 1, random }));
  assert(one() !== two());
});
