import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { fromHex, toHex } from "../../../scoring/numeric/mod.ts";

Deno.test("toHex writes two lower-case digits a byte", () => {
  assertEquals(toHex(Uint8Array.of(0, 1, 0xab, 0xff)), "0001abff");
});

Deno.test("fromHex reads what toHex has written", () =>
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => assertEquals([...fromHex(toHex(bytes))], [...bytes])),
  ));

for (const text of ["0", "0g", " 00", "00\n", "0x00", "é0"]) {
  Deno.test(`fromHex refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => fromHex(text), SyntaxError, "pairs of hex digits");
  });
}
