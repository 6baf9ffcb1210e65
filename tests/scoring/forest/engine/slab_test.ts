import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createSlab } from "../../../../scoring/forest/engine/slab.ts";

Deno.test("arrays of a slab are zeros and share no number", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 100 });
  fc.assert(fc.property(lengths, (lengths) => {
    const newNumbers = createSlab();
    const arrays = lengths.map((length, i) => {
      const numbers = newNumbers(length);
      assertEquals([...numbers], Array.from({ length }, () => 0));
      return numbers.fill(i);
    });
    arrays.forEach((numbers, i) => assertEquals(new Set(numbers).difference(new Set([i])).size, 0));
  }));
});
