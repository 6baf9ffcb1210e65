import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { BitReader, BitWriter } from "../../../scoring/bundle/bit_stream.ts";
import { codedBits, readCoded, writeCoded } from "../../../scoring/bundle/byte_code.ts";

function coded(bytes: Uint8Array): Uint8Array {
  const bits = new BitWriter();
  writeCoded(bits, bytes);
  return bits.bytes();
}

function assertSurvives(bytes: Uint8Array): void {
  const written = coded(bytes);
  assertEquals(readCoded(new BitReader(written), bytes.length), bytes);
  assertEquals(written.length, Math.ceil(codedBits(bytes) / 8));
}

Deno.test("bytes survive their code", () =>
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), assertSurvives)));

for (
  const [what, bytes] of [
    ["none", []],
    ["one", [255]],
    ["a thousand of one value", Array(1000).fill(0)],
    ["all values alike", Array.from({ length: 512 }, (_, i) => i & 255)],
    // Fibonacci's numbers make the longest codes.
    [
      "ever rarer ones",
      [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597].flatMap(
        (count, value) => Array(count).fill(value),
      ),
    ],
  ] satisfies readonly [string, number[]][]
) {
  Deno.test(`bytes survive their code: ${what}`, () => assertSurvives(Uint8Array.from(bytes)));
}

Deno.test("of few values most bytes take few bits", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 8 === 0 ? i & 31 : 64);
  assert(coded(bytes).length < 300);
});

/** A code of values with lengths, and no bytes. */
function codeOf(values: readonly (readonly [distance: number, length: number])[]): BitReader {
  const bits = new BitWriter();
  bits.writeGamma(values.length);
  for (const [distance, length] of values) {
    bits.writeGamma(distance);
    bits.write(length, 4);
  }
  bits.write(0, 16);
  return new BitReader(bits.bytes());
}

for (
  const [what, values] of [
    ["with a code that no value has", [[1, 1], [1, 2]]],
    ["with more codes than there are", [[1, 1], [1, 1], [1, 1]]],
    ["of a value without a code", [[1, 1], [1, 1], [1, 0]]],
    ["of codes of 13 bits", [[1, 1], [1, 13]]],
    ["of a value past 255", [[256, 1], [1, 1]]],
    ["of one value", [[1, 1]]],
  ] as const
) {
  Deno.test(`a code ${what} is refused`, () => {
    assertThrows(() => readCoded(codeOf(values), 1), RangeError);
  });
}

Deno.test("more bytes than there are bits for are refused", () => {
  assertThrows(() => readCoded(codeOf([[1, 1], [1, 1]]), 30), RangeError, "Cannot read");
});
