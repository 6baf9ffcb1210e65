import { assertEquals } from "@std/assert";
import { counterRates } from "../../../scoring/sketch/mod.ts";

type Case = readonly [says: string, readings: [number, number][], rates: [number, number][]];

const CASES: readonly Case[] = [
  ["nothing has none", [], []],
  ["one reading has none", [[0, 5]], []],
  ["a rate is per second and lies at its later reading", [[0, 5], [2_000, 9]], [[2_000, 2]]],
  ["a reset has none", [[0, 5], [1_000, 3], [2_000, 4]], [[2_000, 1]]],
  ["no growth is a rate", [[0, 5], [1_000, 5]], [[1_000, 0]]],
];

for (const [says, readings, rates] of CASES) {
  Deno.test(`rates of a counter: ${says}`, () => {
    const found = counterRates({
      at: readings.map(([at]) => at),
      value: readings.map(([, value]) => value),
    });
    assertEquals(
      Array.from(found.at).map((at, index) => [at, found.value[index]]),
      rates,
    );
  });
}
