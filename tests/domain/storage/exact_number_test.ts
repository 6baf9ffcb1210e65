import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { exactNumber } from "../../../domain/storage/exact_number.ts";

Deno.test("a number is its mantissa halved so many times, exactly", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const exact = exactNumber(value);
      if (!exact) return;
      const [mantissa, halvings] = exact;
      assertEquals(Number.isSafeInteger(mantissa) || Math.abs(mantissa) === 2 ** 53, true);
      assertEquals(mantissa / 2 ** Math.min(halvings, 62) / 2 ** Math.max(halvings - 62, 0), value);
    }),
    { seed: 3 },
  );
});

const cases = [
  [0, [0, 0]],
  [-7, [-7, 0]],
  [2 ** 53, [2 ** 53, 0]],
  [0.5, [2 ** 52, 53]],
  [2 ** -72, [2 ** 52, 124]],
  [2 ** -73, undefined],
  [2 ** 54, undefined],
  [1e300, undefined],
  [5e-324, undefined],
] as const;

for (const [value, expected] of cases) {
  Deno.test(`exactNumber(${value}) is ${expected}`, () => {
    assertEquals(exactNumber(value), expected as ReturnType<typeof exactNumber>);
  });
}
