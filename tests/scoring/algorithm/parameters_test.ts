import { assertEquals, assertThrows } from "@std/assert";
import { readParameters } from "../../../scoring/algorithm/parameters.ts";

const rules = {
  neighbours: { default: 20, min: 1, max: 100, integer: true, help: "rows looked at" },
  nu: { default: 0.5, min: 0.01, max: 1, help: "share of outliers" },
};

Deno.test("parameters that are not given have their defaults", () => {
  assertEquals(readParameters(rules), { neighbours: 20, nu: 0.5 });
  assertEquals(readParameters(rules, { nu: 1 }), { neighbours: 20, nu: 1 });
});

for (
  const [given, message] of [
    [{ mu: 1 }, "mu as it is not known: known are neighbours, nu"],
    [{ toString: 1 }, "toString as it is not known"],
    [{ neighbours: 1.5 }, "neighbours as it must be an integer in [1, 100]: current value is 1.5"],
    [{ neighbours: 101 }, "neighbours"],
    [{ nu: 0 }, "nu as it must be a number in [0.01, 1]: current value is 0"],
    [{ nu: NaN }, "nu"],
  ] as const
) {
  Deno.test(`parameters ${JSON.stringify(given)} are refused by name`, () => {
    assertThrows(
      () => readParameters(rules, given as unknown as Record<string, number>),
      RangeError,
      message,
    );
  });
}
