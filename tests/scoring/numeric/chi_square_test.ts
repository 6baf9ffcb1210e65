import { assertAlmostEquals, assertEquals } from "@std/assert";
import { chiSquareBelow, chiSquareQuantile } from "../../../scoring/numeric/mod.ts";

for (
  const [freedom, q, expected] of [
    [1, 0.5, 0.454936423119572],
    [2, 0.975, 7.377758908227871],
    [3, 0.5, 2.3659738843753377],
    [10, 0.975, 20.483177350807388],
    [100, 0.975, 129.5611971858366],
    [1000, 0.5, 999.333412403381],
  ] as const
) {
  Deno.test(`the ${q} quantile of χ² with ${freedom} degrees of freedom is ${expected}`, () => {
    assertAlmostEquals(chiSquareQuantile(freedom, q), expected, 1e-9 * expected);
    assertAlmostEquals(chiSquareBelow(freedom, expected), q, 1e-11);
  });
}

Deno.test("nothing of χ² is below 0", () => assertEquals(chiSquareBelow(3, 0), 0));
