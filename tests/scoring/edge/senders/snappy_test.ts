import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SnappyError, snappyLength, unsnappy } from "../../../../scoring/edge/wire/body/snappy.ts";
import { snappy } from "./encode_remote_write.ts";

Deno.test("property: what the reference compresses comes back", () => {
  const piece = fc.uint8Array({ maxLength: 40 });
  const repeated = fc.array(fc.tuple(piece, fc.integer({ min: 1, max: 300 })), { maxLength: 6 });
  fc.assert(
    fc.property(repeated, (pieces) => {
      const bytes = new Uint8Array(
        pieces.flatMap(([each, times]) => Array(times).fill([...each]).flat()),
      );
      const block = snappy(bytes);
      assertEquals(snappyLength(block).length, bytes.length);
      assertEquals(unsnappy(block), bytes);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a literal of 70,000 bytes and copies of all three kinds are read", () => {
  const literal = new Uint8Array(70_000).map((_, i) => i * 7);
  const size = [...littleEndian(literal.length - 1, 3)];
  const total = literal.length + 4 + 64 + 5;
  const block = [
    ...[total & 0x7f | 0x80, (total >> 7) & 0x7f | 0x80, total >> 14],
    ...[62 << 2, ...size],
    ...literal,
    ...[1 | 0 << 2 | 1 << 5, 0],
    ...[2 | 63 << 2, ...littleEndian(3, 2)],
    ...[3 | 4 << 2, ...littleEndian(70_000, 4)],
  ];
  const bytes = [...literal, ...literal.subarray(-256, -252)];
  for (let i = 0; i < 64; i++) bytes.push(bytes[bytes.length - 3]);
  for (let i = 0; i < 5; i++) bytes.push(bytes[bytes.length - 70_000]);
  assertEquals(unsnappy(new Uint8Array(block)), new Uint8Array(bytes));
});

function littleEndian(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 0xff);
}

const BAD: readonly (readonly [string, readonly number[]])[] = [
  ["is empty", []],
  ["has a length that does not end", [0x80, 0x80]],
  ["has a length of 35 bits", [0xff, 0xff, 0xff, 0xff, 0x7f]],
  ["has a length of six bytes", [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ["declares 100 bytes and has none", [100]],
  ["is shorter than it declares", [3, 0, 65]],
  ["is longer than it declares", [1, 4, 65, 65]],
  ["has a literal past its end", [4, 12, 65]],
  ["has a literal whose length is cut", [4, 62 << 2, 0]],
  ["has a literal of 4 GiB", [9, 252, 0xfa, 0xff, 0xff, 0xff, 0, 0]],
  ["has a copy before its beginning", [8, 0, 65, 1, 2]],
  ["has a copy from nowhere", [8, 0, 65, 1, 0]],
  ["has a copy that is cut", [8, 0, 65, 2]],
  ["has a copy from 4 GiB before", [8, 0, 65, 3, 0xff, 0xff, 0xff, 0xff]],
];
for (const [what, block] of BAD) {
  Deno.test(`a block that ${what} is refused`, () => {
    assertThrows(() => unsnappy(new Uint8Array(block)), SnappyError);
  });
}

Deno.test("property: no bytes make it hang or reserve more than they could fill", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (block) => {
      try {
        assert(unsnappy(block).length <= block.length * 22);
      } catch (error) {
        assert(error instanceof SnappyError);
      }
    }),
    { numRuns: 3_000 },
  );
});
