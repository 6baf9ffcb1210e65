import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { fitModel, importanceOf, type ModelFitOptions } from "../../../../scoring/detect/mod.ts";
import { featureNames } from "../../../../scoring/features/mod.ts";
import { featureImportance } from "../../../../scoring/forest/mod.ts";
import { forestOf } from "../forest_of.ts";
import { calmHours, fitOptions, HOUR_MS, MONDAY, PLAN } from "../rows.ts";

const SMALL = { parameters: { treeCount: 20, subsampleSize: 64 } };

function shares(hours: number, more: Partial<ModelFitOptions> = {}) {
  const options = fitOptions(calmHours(hours), { ...SMALL, ...more });
  return importanceOf(fitModel(options), options);
}

Deno.test("importance is the share of each feature, the most important first", () => {
  const options = fitOptions(calmHours(200), SMALL);
  const model = fitModel(options);
  const rows = options.vectors.flatMap(({ values }) => [...values]);
  const matrix = { data: Float32Array.from(rows), rowCount: 200, columnCount: 4 };
  const parts = featureImportance(forestOf(model.sections[0]), matrix);
  const whole = parts.reduce((sum, part) => sum + part);
  const told = importanceOf(model, options)!;
  assertEquals(told.map(({ share }) => share), told.map(({ share }) => share).sort().reverse());
  for (const { feature, metric, share } of told) {
    const column = featureNames(PLAN).indexOf(feature);
    assertEquals([metric, share], [PLAN.features[column].metric, parts[column] / whole]);
  }
  assertAlmostEquals(told.reduce((sum, { share }) => sum + share, 0), 1, 1e-12);
});

Deno.test("importance of many rows is that of some, drawn by the seed", () => {
  const first = shares(1_400);
  assertEquals(first, shares(1_400));
  const options = fitOptions(calmHours(1_400), SMALL);
  const model = fitModel(options);
  const reseeded = { ...model, provenance: { ...model.provenance, seed: 1_234 } };
  assertNotEquals(importanceOf(reseeded, options), first);
});

Deno.test("importance is measured on what was learnt alone", () => {
  const excluded = [{ from: MONDAY + 200 * HOUR_MS, until: Infinity }];
  assertEquals(shares(400, { excluded }), shares(200));
});

Deno.test("importance of oblique forests is told, of other methods it is not", () => {
  assert(shares(200, { algorithm: "extended_isolation_forest" })!.every(({ share }) => share > 0));
  assertEquals(shares(200, { algorithm: "hbos", parameters: {} }), undefined);
});
