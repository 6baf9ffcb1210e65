import { assertEquals, assertThrows } from "@std/assert";
import {
  createFeatureEvaluator,
  defaultPlan,
  featureNames,
  type FeaturePlan,
  type FeatureSpec,
  lookbackBuckets,
  lookbackStart,
  type Transform,
  validatePlan,
} from "../../../scoring/features/mod.ts";
import { UTC } from "../../../scoring/time/mod.ts";

const MINUTE_MS = 60_000;
const CPU = { name: "cpu", kind: "gauge" } as const;

function planOf(feature: Partial<FeatureSpec>, plan: Partial<FeaturePlan> = {}): FeaturePlan {
  const features = [{ metric: "cpu", transform: "value" as const, ...feature }];
  return { bucketMs: MINUTE_MS, metrics: [CPU], features, ...plan };
}

const UNKNOWN = "constructor" as Transform;
for (
  const [field, plan] of [
    ["bucketMs", planOf({}, { bucketMs: 0 })],
    ["bucketMs", planOf({}, { bucketMs: 1.5 })],
    ["bucketMs", planOf({}, { bucketMs: NaN })],
    ["bucketMs", planOf({}, { bucketMs: 86_400_001 })],
    ["metrics", planOf({}, { metrics: [] })],
    ["metrics", planOf({}, { metrics: [CPU, CPU] })],
    ["metrics", planOf({}, { metrics: new Array(257).fill(CPU) })],
    ["metrics[0].name", planOf({}, { metrics: [{ name: "", kind: "gauge" }] })],
    ["metrics[0].kind", planOf({}, { metrics: [{ name: "cpu", kind: "x" as "gauge" }] })],
    ["features", planOf({}, { features: [] })],
    ["features", planOf({}, { features: new Array(2049).fill(planOf({}).features[0]) })],
    ["features", planOf({}, { features: [planOf({}).features[0], planOf({}).features[0]] })],
    ["features[0].transform", planOf({ transform: UNKNOWN })],
    ["features[0].metric", planOf({ metric: "memory" })],
    ["features[0].metric", planOf({ metric: "" })],
    ["features[0].metric", planOf({ transform: "hourSin" })],
    ["features[0].window", planOf({ transform: "value", window: 2 })],
    ["features[0].window", planOf({ transform: "lag", window: 0 })],
    ["features[0].window", planOf({ transform: "lag", window: 1.5 })],
    ["features[0].window", planOf({ transform: "lag", window: NaN })],
    ["features[0].window", planOf({ transform: "lag", window: 1e9 })],
    ["features[0].window", planOf({ transform: "rollingStd", window: 1 })],
    ["features[0].window", planOf({ transform: "rollingStd" })],
    ["features[0].window", planOf({ transform: "seasonalResidual", window: 60 })],
  ] as [string, FeaturePlan][]
) {
  Deno.test(`validatePlan names ${field}: ${JSON.stringify(plan).slice(0, 90)}`, () => {
    assertThrows(() => validatePlan(plan), RangeError, `as ${field} must`);
    assertThrows(() => createFeatureEvaluator(plan, UTC), RangeError, field);
  });
}

Deno.test("validatePlan limits what the evaluator of one device keeps", () => {
  const features = Array.from({ length: 100 }, (_, index) => ({
    metric: "cpu",
    transform: "rollingMean" as const,
    window: 44_000 - index,
  }));
  assertThrows(() => validatePlan(planOf({}, { features })), RangeError, "features must keep");
});

Deno.test("feature names are the metric, the transform and its window", () => {
  const features: FeatureSpec[] = [
    { metric: "cpu", transform: "value" },
    { metric: "cpu", transform: "delta" },
    { metric: "cpu", transform: "rollingMean", window: 12 },
    { metric: "", transform: "hourSin" },
  ];
  assertEquals(featureNames(planOf({}, { features })), [
    "cpu.value",
    "cpu.delta(1)",
    "cpu.rollingMean(12)",
    "calendar.hourSin",
  ]);
});

for (
  const [feature, buckets] of [
    [{}, 64],
    [{ transform: "lag", window: 59 }, 64],
    [{ transform: "lag", window: 60 }, 65],
    [{ transform: "rollingMean", window: 100 }, 105],
    [{ transform: "seasonalResidual", window: 3 }, 3 * 1440 + 180 + 1 + 5],
    [{ transform: "levelNovelty", window: 12 }, 1072 + 12 + 5],
    [{ transform: "seasonalNovelty", window: 12 }, 1072 + 12 + 3 * 1440 + 180 + 1 + 5],
  ] as [Partial<FeatureSpec>, number][]
) {
  Deno.test(`lookbackBuckets of ${JSON.stringify(feature)} is ${buckets}`, () => {
    assertEquals(lookbackBuckets(planOf(feature)), buckets);
  });
}

Deno.test("lookbackStart is the start of a whole bucket", () => {
  assertEquals(lookbackStart(planOf({}), 100 * MINUTE_MS + 1), 36 * MINUTE_MS);
  assertEquals(lookbackStart(planOf({}), 0), -64 * MINUTE_MS);
});

for (const bucketMs of [1, 1000, 10_000, MINUTE_MS, 5 * MINUTE_MS, 60 * MINUTE_MS, 86_400_000]) {
  Deno.test(`defaultPlan is valid at buckets of ${bucketMs} ms, with one metric or 256`, () => {
    validatePlan(defaultPlan([CPU], bucketMs));
    const many = Array.from({ length: 256 }, (_, index) => ({ ...CPU, name: `m${index}` }));
    validatePlan(defaultPlan(many, bucketMs));
  });
}

Deno.test("defaultPlan follows each metric's novelty up to hourly buckets", () => {
  const plan = defaultPlan([CPU, { name: "requests", kind: "counter" }], 5 * MINUTE_MS);
  assertEquals(featureNames(plan), [
    "cpu.rollingMean(12)",
    "cpu.levelNovelty(12)",
    "cpu.levelNovelty(72)",
    "cpu.spreadNovelty(12)",
    "cpu.seasonalNovelty(12)",
    "requests.rollingMean(12)",
    "requests.levelNovelty(12)",
    "requests.levelNovelty(72)",
    "requests.spreadNovelty(12)",
    "requests.seasonalNovelty(12)",
  ]);
});
