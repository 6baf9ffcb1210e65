import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { isWithin, rangeText, type ValueRange } from "../../../scoring/contract/mod.ts";

const CASES: readonly { range: ValueRange; text: string; allowed: number[]; refused: number[] }[] =
  [
    { range: {}, text: "any to any", allowed: [-Infinity, 0, Infinity], refused: [NaN] },
    {
      range: { min: 0, max: 100 },
      text: "0 to 100",
      allowed: [0, -0, 100],
      refused: [-1e-9, 100.1],
    },
    {
      range: { min: 0, max: 100, minOpen: true, maxOpen: true },
      text: "above 0 to below 100",
      allowed: [5e-324, 99.9],
      refused: [0, 100, NaN],
    },
    { range: { min: 0 }, text: "0 to any", allowed: [0, 1e300, Infinity], refused: [-1, NaN] },
    { range: { min: null, max: 3 }, text: "any to 3", allowed: [-1e300, 3], refused: [3.1] },
  ];

for (const { range, text, allowed, refused } of CASES) {
  Deno.test(`the range ${text} says what is within`, () => {
    assertEquals(rangeText(range), text);
    assertEquals(allowed.filter((value) => !isWithin(range, value)), []);
    assertEquals(refused.filter((value) => isWithin(range, value)), []);
  });
}

Deno.test("opening an end takes out the end alone", () =>
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (value, max) => {
      const open = isWithin({ max, maxOpen: true }, value);
      assertEquals(open, isWithin({ max }, value) && value !== max);
    }),
  ));
