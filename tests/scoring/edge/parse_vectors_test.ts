import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseVectors } from "../../../scoring/edge/wire/mod.ts";

const WIDTH = 3;

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double() },
  fc.constantFrom<unknown>(1e300, -1e300, -0, Infinity, null, "1", true, []),
);
const vector = fc.oneof(
  { weight: 8, arbitrary: fc.array(value, { minLength: WIDTH, maxLength: WIDTH }) },
  fc.array(value, { maxLength: 5 }),
  fc.constantFrom<unknown>(null, "no vector", 1),
);

Deno.test("a vector alone is read and refused as it is before another", () => {
  fc.assert(
    fc.property(vector, (drawn) => {
      const alone = parseVectors([drawn], WIDTH);
      const first = parseVectors([drawn, [1, 2, 3]], WIDTH);
      const isTaken = alone.rowCount === 1;
      assertEquals(alone.refused, first.refused);
      assertEquals([...alone.positions, 1], [...first.positions]);
      assertEquals([...alone.data], [...first.data.subarray(0, isTaken ? WIDTH : 0)]);
      assertEquals(first.rowCount, alone.rowCount + 1);
    }),
    { seed: 7, numRuns: 500 },
  );
});
