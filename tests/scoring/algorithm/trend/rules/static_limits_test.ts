import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { staticLimits } from "../../../../../scoring/algorithm/trend/rules/static_limits.ts";
import { describeAlgorithm } from "../../conformance.ts";
import { matrixOf } from "../../rows.ts";

describeAlgorithm(staticLimits, { parameters: { low: 5, high: 15 } });

Deno.test("static_limits tells how far past a limit a row is, in standard deviations", () => {
  const rows = matrixOf([[10, 0], [12, 2], [14, 4]]);
  const fitted = staticLimits.fit(rows, { seed: 1, parameters: { low: -1, high: 20 } });
  const scores = fitted.scoreBatch(matrixOf([[20, -1], [21, 0], [30, -5], [NaN, 3]]));
  assertEquals([scores[0], scores[3]], [0, 0]);
  assertAlmostEquals(scores[1], 0.5, 1e-12);
  assertAlmostEquals(scores[2], 5, 1e-12);
  assertEquals(fitted.alerts?.threshold, 0);
});

Deno.test("static_limits refuses a low limit above the high one", () => {
  const parameters = { low: 2, high: 1 };
  assertThrows(
    () => staticLimits.fit(matrixOf([[1]]), { seed: 1, parameters }),
    RangeError,
    "low as it must be at most high, 1: current value is 2",
  );
});
