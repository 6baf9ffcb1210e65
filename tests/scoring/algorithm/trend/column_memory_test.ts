import { assertEquals } from "@std/assert";
import {
  createColumnMemory,
  createGapFill,
  GAP_MAX,
} from "../../../../scoring/algorithm/trend/column_memory.ts";

Deno.test("a memory gives the last values of a column, the oldest first", () => {
  const memory = createColumnMemory(3, Float64Array.of(0, 0));
  for (let row = 1; row <= 5; row++) memory.push(Float32Array.of(row, -row));
  assertEquals(memory.count, 3);
  assertEquals([...memory.window(0)], [3, 4, 5]);
  assertEquals([...memory.window(1)], [-3, -4, -5]);
});

Deno.test("a gap is filled with the last known value, and a long one with the median", () => {
  const fill = createGapFill(Float64Array.of(7));
  const next = (value: number) => fill(Float32Array.of(value))[0];
  assertEquals(next(NaN), 7);
  assertEquals(next(3), 3);
  for (let row = 1; row < GAP_MAX; row++) assertEquals(next(NaN), 3);
  assertEquals(next(NaN), 7);
  assertEquals(next(4), 4);
});
