import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Contribution } from "../../../scoring/detect/mod.ts";
import { evidenceOf, kindOf, patternOf } from "../../../scoring/incident/mod.ts";

/**
 * `metric.transform` with its part, value and expected value, as a verdict tells it; what speaks
 * against an anomaly has no share of it.
 */
function contribution(
  metric: string,
  transform: string,
  part: number,
  value = 2,
  expected = 1,
): Contribution {
  const feature = `${metric || "calendar"}.${transform}`;
  return { feature, metric, value, expected, pathLength: 0, share: Math.max(0, part) };
}

const PATTERNS: readonly [string, readonly Contribution[], string][] = [
  ["is the one metric that carries half", [
    contribution("cpu", "value", 5),
    contribution("disk", "value", 3),
    contribution("net", "value", 2),
  ], "cpu HIGH"],
  ["sums the features of a metric", [
    contribution("cpu", "value", 4),
    contribution("disk", "value", 3),
    contribution("disk", "delta", 3),
  ], "disk HIGH"],
  ["has three metrics at most", [
    contribution("a", "value", 3),
    contribution("b", "value", 3),
    contribution("c", "value", 3),
    contribution("d", "value", 3),
    contribution("e", "value", 3),
    contribution("f", "value", 3),
    contribution("g", "value", 3),
  ], "a HIGH, b HIGH, c HIGH"],
  ["takes no part away for features that speak against", [
    contribution("cpu", "value", 2),
    contribution("disk", "value", 1),
    contribution("cpu", "delta", -9),
  ], "cpu HIGH"],
  ["leaves the calendar out", [
    contribution("", "hourSin", 9),
    contribution("cpu", "value", 1),
  ], "cpu HIGH"],
  ["is low when the value is", [contribution("cpu", "value", 1, 0, 1)], "cpu LOW"],
  ["takes the side of a level, not of a spread", [
    contribution("cpu", "rollingStd(12)", 5, 9, 1),
    contribution("cpu", "value", 1, 0, 1),
  ], "cpu LOW"],
  ["takes no side from a novelty", [
    contribution("cpu", "levelNovelty", 5, 9, 1),
    contribution("cpu", "seasonalNovelty(3)", 4, 9, 1),
    contribution("cpu", "rollingMean(12)", 1, 0, 1),
  ], "cpu LOW"],
  ["takes the side of a spread that speaks alone", [
    contribution("cpu", "rollingStd(12)", 5, 9, 1),
  ], "cpu HIGH"],
  ["names the leading metric even when nothing speaks for it", [
    contribution("cpu", "value", -1),
    contribution("disk", "value", -2),
  ], "cpu HIGH"],
];

for (const [name, contributions, expected] of PATTERNS) {
  Deno.test(`a pattern ${name}`, () => {
    const pattern = patternOf(contributions);
    assertEquals(pattern.map((one) => `${one.metric} ${one.direction}`).join(", "), expected);
  });
}

Deno.test("a pattern is the smallest set with half of the weight, unless it has three", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(weights, (lengths) => {
    const sorted = lengths.toSorted((a, b) => b - a);
    const told = sorted.map((length, index) => contribution(`m${index}`, "value", length));
    const total = sorted.reduce((sum, length) => sum + length, 0);
    const carried = (count: number) => sorted.slice(0, count).reduce((sum, one) => sum + one, 0);
    const { length } = patternOf(told);
    assert(length === 3 || carried(length) * 2 >= total);
    assert(carried(length - 1) * 2 < total);
  }));
});

const EVIDENCE: readonly [string, readonly Contribution[], number, number][] = [
  ["the median where nothing else is known", [contribution("cpu", "value", 1, 90, 40)], 90, 40],
  [
    "what the strongest residual was taken from",
    [
      contribution("cpu", "seasonalResidual(3)", 3, 50, 0),
      contribution("cpu", "residual(12)", 2, 30, 0),
      contribution("cpu", "value", 1, 90, 35),
    ],
    90,
    40,
  ],
  [
    "the median where residuals speak against",
    [
      contribution("cpu", "value", 1, 90, 35),
      contribution("cpu", "residual(12)", -2, 30, 0),
    ],
    90,
    35,
  ],
  [
    "the strongest feature's where the plan has no value",
    [
      contribution("cpu", "rollingMean(5)", 2, 7, 3),
      contribution("cpu", "delta(1)", 1, 1, 0),
    ],
    7,
    3,
  ],
  [
    "the rolling mean before a novelty",
    [
      contribution("cpu", "levelNovelty", 2, 0.4, 0.01),
      contribution("cpu", "rollingMean(12)", 1, 90, 35),
    ],
    90,
    35,
  ],
  ["nothing of other metrics", [contribution("disk", "value", 1, 1, 2)], 0, 0],
];

for (const [name, contributions, value, expected] of EVIDENCE) {
  Deno.test(`the evidence expects ${name}`, () =>
    assertEquals(evidenceOf(contributions, "cpu"), { value, expected }));
}

Deno.test("a metric whose name has dots and brackets is read right", () => {
  const metric = "disk.value(1).residual(2)";
  const told = [contribution(metric, "residual(4)", 2, 5, 0), contribution(metric, "value", 1, 9)];
  assertEquals(evidenceOf(told, metric), { value: 9, expected: 4 });
});

for (
  const [category, kind] of [
    ["resource", "RESOURCE"],
    ["CPU", "RESOURCE"],
    ["Memory usage", "RESOURCE"],
    ["performance", "PERFORMANCE"],
    ["latency", "PERFORMANCE"],
    ["traffic", "TRAFFIC"],
    ["network", "TRAFFIC"],
    ["system", "SYSTEM"],
    ["", "SYSTEM"],
    ["__proto__", "SYSTEM"],
  ] as const
) {
  Deno.test(`the category "${category}" is of kind ${kind} (E12)`, () =>
    assertEquals(kindOf(category), kind));
}
