import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CATEGORIES_MAX,
  createCategoryCodes,
  fitCategories,
  fitForest,
  scoreRow,
} from "../../../scoring/forest/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { matrixOf } from "./rows.ts";

Deno.test("categories are ranked by how frequent they are, then by name", () => {
  const { categories, codeOf } = fitCategories(["b", "c", "a", "b", null, "d", "d", undefined]);
  assertEquals(categories, ["b", "d", "a", "c"]);
  assertEquals(["b", "d", "a", "c", "new", "", null, undefined].map(codeOf), [
    ...[0, 1, 2, 3, 4, 4],
    ...[NaN, NaN],
  ]);
});

Deno.test("codes that were kept are the same codes", () => {
  const fitted = fitCategories(["x", "y", "y", "__proto__"]);
  const kept = createCategoryCodes(JSON.parse(JSON.stringify(fitted.categories)));
  for (const category of ["x", "y", "__proto__", "toString", null]) {
    assertEquals(kept.codeOf(category), fitted.codeOf(category));
  }
});

Deno.test("the rarer a category, the more anomalous; one never seen is as the rarest", () => {
  const random = createRandom(5);
  const drawn = Array.from({ length: 4000 }, () => {
    const share = random.nextFloat();
    return share < 0.01 ? "rare" : share < 0.1 ? "some" : share < 0.4 ? "many" : "most";
  });
  const { codeOf } = fitCategories(drawn);
  const rows = matrixOf(drawn.map((category) => [codeOf(category), random.nextFloat()]), 2);
  const forest = fitForest(rows, { treeCount: 200, subsampleSize: 256, seed: 1 });
  const scoreOf = (category: string) => scoreRow(forest, Float32Array.of(codeOf(category), 0.5));
  assert(scoreOf("rare") > scoreOf("some"));
  assert(scoreOf("some") > scoreOf("most"));
  assertEquals(scoreOf("never seen"), scoreOf("rare"));
});

Deno.test("categories that are too many or there twice are refused", () => {
  const many = Array.from({ length: CATEGORIES_MAX + 1 }, (_, i) => String(i));
  assertThrows(() => fitCategories(many), RangeError, String(CATEGORIES_MAX));
  assertThrows(() => createCategoryCodes(["a", "b", "a"]), RangeError, "once");
});
