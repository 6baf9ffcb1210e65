import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { type BundledModel, decodeBundle, encodeBundle } from "../../../scoring/bundle/mod.ts";
import type { Model } from "../../../scoring/detect/mod.ts";
import { fitForest, fromMlIsolationForest } from "../../../scoring/forest/mod.ts";
import { calmHours, fitted } from "../detect/rows.ts";
import { bellRows } from "../forest/rows.ts";
import { smallModel, withForest } from "./small_model.ts";
import { forestOf } from "../detect/forest_of.ts";

function withoutId({ id: _, ...model }: BundledModel): Model {
  return model;
}

Deno.test("a bundle decodes to the model that was encoded", () => {
  const model = smallModel();
  const { id, unsigned } = encodeBundle(model);
  const decoded = decodeBundle(unsigned);
  assertEquals(withoutId(decoded), model);
  assertEquals(decoded.id, id);
});

Deno.test("a fitted model with a section per period survives encoding", () => {
  const fittedModel = fitted(calmHours(24 * 60), { parameters: { treeCount: 10 } });
  assertEquals(fittedModel.sections.length, 6);
  assertEquals(withoutId(decodeBundle(encodeBundle(fittedModel).unsigned)), fittedModel);
});

Deno.test("equal models have equal bytes, others another id", () => {
  assertEquals(encodeBundle(smallModel(1)), encodeBundle(smallModel(1)));
  assertNotEquals(encodeBundle(smallModel(1)).id, encodeBundle(smallModel(2)).id);
});

Deno.test("the bytes of a bundle are the golden ones", () => {
  assertEquals(
    encodeBundle(smallModel()).id,
    "02f4000f719f3e4349562570237ef745a6406555ae4d81ffb898f520912892e9",
  );
});

Deno.test("the order of a model's keys does not matter", () => {
  const model = smallModel();
  const turned = Object.fromEntries(Object.entries(model).reverse()) as unknown as Model;
  assertEquals(encodeBundle(turned).id, encodeBundle(model).id);
});

Deno.test("any fitted forest survives encoding", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 0, max: 12 }),
      (treeCount, rowCount, subsampleSize, seed, heightLimit) => {
        const rows = bellRows(rowCount, 2, seed);
        const options = { treeCount, subsampleSize, seed, heightLimit };
        const forest = fitForest(rows, options);
        const model = { ...smallModel(), sections: [withForest("any", forest)] };
        assertEquals(forestOf(decodeBundle(encodeBundle(model).unsigned).sections[0]), forest);
      },
    ),
    { numRuns: 40 },
  ));

Deno.test("a forest of more than 256 columns survives encoding", () => {
  const forest = fitForest(bellRows(50, 300, 1), { treeCount: 5, subsampleSize: 32, seed: 1 });
  const features = Array.from({ length: 300 }, (_, i) => ({
    metric: "cpu",
    transform: "lag" as const,
    window: i + 1,
  }));
  const model = {
    ...smallModel(),
    plan: { ...smallModel().plan, features },
    sections: [withForest("any", forest)],
  };
  assertEquals(withoutId(decodeBundle(encodeBundle(model).unsigned)), model);
});

Deno.test("a forest taken over keeps its formula and its empty leaves", () => {
  const forest = fromMlIsolationForest({
    nEstimators: 1,
    trainingSet: [[1, 2], [1, 3]],
    forest: [{
      splitColumn: 0,
      splitValue: 1,
      left: { trainingSet: [] },
      right: { trainingSet: [[1, 2], [1, 3]] },
    }],
  });
  const model = { ...smallModel(), sections: [withForest("any", forest)] };
  assertEquals(forestOf(decodeBundle(encodeBundle(model).unsigned).sections[0]), forest);
});

Deno.test("names may hold any text", () =>
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 40, unit: "binary" }), (name) => {
      const plan = {
        ...smallModel().plan,
        metrics: [{ name, kind: "counter" as const }],
        features: [{ metric: name, transform: "delta" as const }, {
          metric: "",
          transform: "hourSin" as const,
        }],
      };
      const model = { ...smallModel(), plan, detectorId: name };
      assertEquals(withoutId(decodeBundle(encodeBundle(model).unsigned)), model);
    }),
  ));

const model = smallModel();
const [any, business] = model.sections;

for (
  const [what, change] of [
    ["no section", { sections: [] }],
    ["no section for any period", { sections: [business] }],
    ["a period twice", { sections: [any, any] }],
    ["a forest of other columns than the plan", {
      plan: { ...model.plan, features: model.plan.features.slice(1) },
    }],
    ["a threshold of NaN", {
      sections: [{ ...any, calibration: { ...any.calibration, threshold: NaN } }],
    }],
    ["quantiles that fall", {
      sections: [{
        ...any,
        calibration: {
          ...any.calibration,
          quantiles: [...any.calibration.quantiles].reverse(),
        },
      }],
    }],
    ["a poisoned forest", {
      sections: [{ ...any, forest: { ...forestOf(any), subsampleSize: 0 } }],
    }],
    ["a plan without buckets", { plan: { ...model.plan, bucketMs: 0 } }],
  ] as const
) {
  Deno.test(`encodeBundle refuses a model with ${what}`, () => {
    assertThrows(() => encodeBundle({ ...model, ...change }), RangeError);
  });
}
