import { assertEquals } from "@std/assert";
import { disturbanceOf, type Injection } from "../../../scoring/synthetic/disturbance.ts";

const BASE = { metrics: [1], firstRow: 2, rows: 3 };

/** What each kind does to metric 1 of 2 in rows 2 to 4 of 6. */
const CASES: readonly { injection: Injection; part: string; expected: readonly number[] }[] = [
  { injection: { ...BASE, kind: "spike", size: 6 }, part: "offset", expected: [0, 0, 6, 6, 6, 0] },
  {
    injection: { ...BASE, kind: "drop", size: -7 },
    part: "offset",
    expected: [0, 0, -7, -7, -7, 0],
  },
  {
    injection: { ...BASE, kind: "level_shift", size: -4 },
    part: "offset",
    expected: [0, 0, -4, -4, -4, 0],
  },
  { injection: { ...BASE, kind: "drift", size: 6 }, part: "offset", expected: [0, 0, 2, 4, 6, 0] },
  { injection: { ...BASE, kind: "flatline", size: 0 }, part: "held", expected: [0, 0, 1, 1, 1, 0] },
  {
    injection: { ...BASE, kind: "variance", size: 4 },
    part: "spread",
    expected: [1, 1, 4, 4, 4, 1],
  },
];

for (const { injection, part, expected } of CASES) {
  Deno.test(`${injection.kind} changes the ${part} of its metric alone`, () => {
    const { offset, spread, held, clockShift } = disturbanceOf([injection], 6, 2);
    const parts: Record<string, ArrayLike<number>> = { offset, spread, held };
    const calm: Record<string, number> = { offset: 0, spread: 1, held: 0 };
    for (const [name, cells] of Object.entries(parts)) {
      const column = (metric: number) => expected.map((_, row) => cells[2 * row + metric]);
      assertEquals(column(1), name === part ? [...expected] : expected.map(() => calm[name]));
      assertEquals(column(0), expected.map(() => calm[name]));
    }
    assertEquals([...clockShift], [0, 0, 0, 0, 0, 0]);
  });
}

Deno.test("a pattern break moves the clock by its hours", () => {
  const injection: Injection = { ...BASE, kind: "pattern_break", size: 8.5 };
  const { clockShift, offset } = disturbanceOf([injection], 6, 2);
  assertEquals([...clockShift], [0, 0, 102, 102, 102, 0]);
  assertEquals(offset.every((value) => value === 0), true);
});
