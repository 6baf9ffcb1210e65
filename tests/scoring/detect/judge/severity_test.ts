import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  excessOf,
  severityOf,
  sklearnDecision,
  sklearnScoreSamples,
  worseSeverity,
} from "../../../../scoring/detect/mod.ts";
import type { Severity, SeverityProfile } from "../../../../scoring/detect/mod.ts";

const THRESHOLD = 0.5;
const SATURATION = 0.75;

/** Score whose excess is this, exactly: a quarter times an eighth of a unit loses no bit. */
function scoreAt(excess: number): number {
  return THRESHOLD + excess * (SATURATION - THRESHOLD);
}

const LADDER: readonly [SeverityProfile, number, Severity | null][] = [
  ["smartbox", -0.01, null],
  ["smartbox", 0, null],
  ["smartbox", 0.01, "LOW"],
  ["smartbox", 0.09, "LOW"],
  ["smartbox", 0.11, "MEDIUM"],
  ["smartbox", 0.29, "MEDIUM"],
  ["smartbox", 0.31, "HIGH"],
  ["smartbox", 0.59, "HIGH"],
  ["smartbox", 0.61, "CRITICAL"],
  ["smartbox", 1, "CRITICAL"],
  ["smartbox", 1.2, "CRITICAL"],
  ["phase3", 0, null],
  ["phase3", 0.39, "LOW"],
  ["phase3", 0.41, "MEDIUM"],
  ["phase3", 0.79, "MEDIUM"],
  ["phase3", 0.81, "HIGH"],
  ["phase3", 1, "HIGH"],
];

for (const [profile, excess, severity] of LADDER) {
  Deno.test(`an excess of ${excess} is ${severity ?? "none"} in ${profile} (R5, R6)`, () =>
    assertEquals(severityOf(profile, scoreAt(excess), THRESHOLD, SATURATION), severity));
}

Deno.test("bands are half-open: their lower end belongs to them (R6)", () => {
  // Threshold 0 and saturation 1 make the excess the score itself.
  const bands = [[0.1, "MEDIUM"], [0.3, "HIGH"], [0.6, "CRITICAL"]] as const;
  for (const [end, severity] of bands) assertEquals(severityOf("smartbox", end, 0, 1), severity);
  assertEquals(severityOf("phase3", 0.4, 0, 1), "MEDIUM");
  assertEquals(severityOf("phase3", 0.8, 0, 1), "HIGH");
});

Deno.test("severity never falls as the score rises, and any flagged score has one", () => {
  const order = [null, "LOW", "MEDIUM", "HIGH", "CRITICAL"];
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(
    fc.constantFrom<SeverityProfile>("smartbox", "phase3"),
    unit,
    unit,
    unit,
    unit,
    (profile, threshold, saturation, one, other) => {
      const rank = (score: number) =>
        order.indexOf(severityOf(profile, score, threshold, saturation));
      assert(rank(Math.max(one, other)) >= rank(Math.min(one, other)));
      assertEquals(rank(one) > 0, one > threshold);
      const excess = excessOf(one, threshold, saturation);
      assert(excess >= 0 && excess <= 1);
    },
  ));
});

Deno.test("a forest that saturates at its threshold counts any excess in full", () => {
  assertEquals(excessOf(0.6, 0.5, 0.5), 1);
  assertEquals(excessOf(0.5, 0.5, 0.5), 0);
});

Deno.test("a score that is not a number is never flagged", () =>
  assertEquals(severityOf("smartbox", NaN, 0.5, 0.8), null));

Deno.test("the worse of two severities is found on either side", () => {
  assertEquals(worseSeverity("LOW", "HIGH"), "HIGH");
  assertEquals(worseSeverity("CRITICAL", "MEDIUM"), "CRITICAL");
});

Deno.test("scikit-learn's views are flipped: more negative is worse there (R5)", () => {
  assertEquals(sklearnScoreSamples(0.7), -0.7);
  assertEquals(sklearnDecision(0.5, 0.75), -0.25);
});
