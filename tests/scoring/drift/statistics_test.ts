import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  adjustedPValues,
  driftSeverity,
  kolmogorovSmirnov,
  labelledF1,
  performanceState,
} from "../../../scoring/drift/mod.ts";
import { distancePValue, uniformDistance } from "../../../scoring/drift/kolmogorov_smirnov.ts";

const SAMPLE = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 });

/** By definition: the difference of the two shares at every value. */
function slowDistance(left: readonly number[], right: readonly number[]): number {
  const share = (sample: readonly number[], at: number) =>
    sample.filter((value) => value <= at).length / sample.length;
  return Math.max(...[...left, ...right].map((at) => Math.abs(share(left, at) - share(right, at))));
}

Deno.test("the distance of two samples is the greatest difference of their shares", () => {
  fc.assert(fc.property(SAMPLE, SAMPLE, (left, right) => {
    const { distance, pValue } = kolmogorovSmirnov(left, right);
    assertAlmostEquals(distance, slowDistance(left, right), 1e-12);
    assert(pValue >= 0 && pValue <= 1);
    assertEquals(kolmogorovSmirnov(right, left), { distance, pValue });
  }));
});

Deno.test("the distance to the uniform distribution is the greatest on either side of a step", () => {
  assertEquals(uniformDistance([0.5]), 0.5);
  assertAlmostEquals(uniformDistance([0.1, 0.2, 0.3, 0.9]), 0.45, 1e-12);
  assertAlmostEquals(uniformDistance([0.125, 0.375, 0.625, 0.875]), 0.125, 1e-12);
});

// Tail of Kolmogorov's distribution, summed to 200 terms; two of them beside where the series change.
const TABLE = [
  [0.5, 0.963945],
  [0.8, 0.544142],
  [1, 0.27],
  [1.17, 0.12939],
  [1.19, 0.117742],
  [1.36, 0.049486],
  [1.63, 0.009846],
  [2, 0.000671],
] as const;

for (const [statistic, tail] of TABLE) {
  Deno.test(`a scaled distance of ${statistic} has the p-value ${tail}`, () => {
    const size = 1e12;
    assertAlmostEquals(distancePValue(statistic / Math.sqrt(size), size), tail, 1e-6);
  });
}

Deno.test("a greater distance never has a greater p-value", () => {
  const distance = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(distance, distance, fc.integer({ min: 1, max: 1000 }), (one, other, size) => {
      const [near, far] = [one, other].sort((a, b) => a - b);
      assert(distancePValue(far, size) <= distancePValue(near, size) + 1e-9);
    }),
  );
});

Deno.test("p-values are adjusted as in Benjamini and Hochberg's own example", () => {
  // Their 15 hypotheses of 1995, of which four are rejected at 0.05.
  const given = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0000,
  ];
  const adjusted = adjustedPValues(given);
  assertEquals(adjusted.filter((value) => value < 0.05).length, 4);
  assertAlmostEquals(adjusted[3], 0.0095 * 15 / 4, 1e-12);
  const turned = adjustedPValues(given.toReversed());
  assertEquals(turned.toReversed(), adjusted);
});

Deno.test("adjusted p-values keep the order and are never smaller", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
  fc.assert(fc.property(pValues, (given) => {
    const adjusted = adjustedPValues(given);
    assertEquals(adjusted.length, given.length);
    given.forEach((value, test) => {
      assert(adjusted[test] >= value && adjusted[test] <= 1);
      given.forEach((other, index) =>
        assert(value >= other || adjusted[test] <= adjusted[index] + 1e-15)
      );
    });
  }));
});

for (
  const [distance, severity] of [
    [0, 1],
    [0.1, 2],
    [0.34, 6],
    [0.35, 7],
    [0.383, 7],
    [0.5, 10],
    [1, 10],
  ] as const
) {
  Deno.test(`a drift of the distance ${distance} has the severity ${severity}`, () =>
    assertEquals(driftSeverity(distance), severity));
}

Deno.test("a farther drift is never less severe", () => {
  const distance = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(distance, distance, (one, other) => {
    const [near, far] = [one, other].sort((a, b) => a - b);
    assert(driftSeverity(near) <= driftSeverity(far));
  }));
});

const hour = (from: number) => ({ from, until: from + 1 });
const ANOMALOUS = Array.from({ length: 8 }, (_, index) => hour(index * 10));
const NORMAL = [hour(100), hour(110)];

for (
  const [what, alerts, f1] of [
    ["all are found and none is false", ANOMALOUS, 1],
    ["none is found", [], 0],
    ["half are found", ANOMALOUS.slice(4), 8 / 12],
    ["one is false", [...ANOMALOUS, hour(100)], 16 / 17],
    ["one meets what nobody has labelled", [...ANOMALOUS, hour(200)], 1],
    ["one meets an anomaly and a normal time", [{ from: 0, until: 105 }, ...ANOMALOUS], 1],
  ] as const
) {
  Deno.test(`F1 is ${f1} when ${what}`, () =>
    assertAlmostEquals(labelledF1({ anomalous: ANOMALOUS, normal: NORMAL }, alerts)!, f1, 1e-12));
}

Deno.test("few labels, or none of an anomaly, give no F1", () => {
  assertEquals(labelledF1({ anomalous: ANOMALOUS, normal: [] }, ANOMALOUS), null);
  assertEquals(labelledF1({ anomalous: [], normal: ANOMALOUS.concat(NORMAL) }, []), null);
});

for (
  const [f1, state] of [
    [null, "UNKNOWN"],
    [0.79, "ALARM"],
    [0.8, "WATCH"],
    [0.84, "WATCH"],
    [0.85, "GOOD"],
  ] as const
) {
  Deno.test(`an F1 of ${f1} is ${state}`, () => assertEquals(performanceState(f1), state));
}
