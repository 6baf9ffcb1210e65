import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { float32At, nextDown, nextUp } from "../../../scoring/numeric/mod.ts";

const LEAST = 2 ** -149;
const GREATEST = (2 - 2 ** -23) * 2 ** 127;

for (
  const [value, up] of [
    [0, LEAST],
    [-0, LEAST],
    [-LEAST, 0],
    [1, 1 + 2 ** -23],
    [-1, -1 + 2 ** -24],
    [GREATEST, Infinity],
    [-Infinity, -GREATEST],
    [Infinity, Infinity],
    [NaN, NaN],
  ] as const
) {
  Deno.test(`nextUp(${value}) is ${up}`, () => assertEquals(nextUp(value) + 0, up));
}

Deno.test("nothing lies between an f32 and the next", () =>
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const up = nextUp(value);
      assert(up > value);
      assertEquals(nextDown(up) + 0, value + 0);
      const middle = Math.fround(value / 2 + up / 2);
      assert(middle === value || middle === up || up === Infinity);
    }),
  ));

Deno.test("float32At has every f32 in its order", () => {
  assertEquals([-1, 0, 1].map(float32At), [-LEAST, 0, LEAST]);
  assertEquals(float32At(0x7f7fffff), GREATEST);
  fc.assert(
    fc.property(fc.integer({ min: -0x7f7fffff, max: 0x7f7ffffe }), (index) => {
      assertEquals(float32At(index + 1) + 0, nextUp(float32At(index)) + 0);
    }),
  );
});
