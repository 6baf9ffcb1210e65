/** Held against public sets where TREELINE_TEST_DATA names a folder of them; all in the bench. */
import { assert, assertEquals } from "@std/assert";
import { ALGORITHMS, findAlgorithm } from "../../../scoring/algorithm/mod.ts";
import { floorOf, readFloors } from "./auc_floors.ts";
import { rankingOf, readLabelledSets, SEEDS, SMALL_SEEDS, SMALL_SETS } from "./labelled_sets.ts";

const folder = Deno.env.get("TREELINE_TEST_DATA");
if (!folder) {
  console.log("tests/scoring/algorithm: AUC skipped, as TREELINE_TEST_DATA names no folder");
}
const sets = folder ? await readLabelledSets(folder, SMALL_SETS) : [];
const floors = readFloors();
const methods = ALGORITHMS.filter(({ input }) => input === "rows");

Deno.test("every method for rows has a floor, and no other", () => {
  const names = methods.map(({ name }) => name).sort();
  assertEquals(Object.keys(floors.all).sort(), names);
  assertEquals(Object.keys(floors.small).sort(), names);
});

Deno.test(
  { name: "the small sets are all there", ignore: !folder },
  () => assertEquals(sets.map(({ name }) => name), [...SMALL_SETS]),
);

for (const method of methods) {
  const title = `${method.name} ranks the rows of small sets as well as it did`;
  Deno.test({ name: title, ignore: !folder }, () => {
    const { auc } = rankingOf(method, sets, SMALL_SEEDS);
    const floor = floorOf(floors, "small", method.name);
    assert(auc >= floor, `${auc} is below ${floor}`);
  });
}

Deno.test(
  { name: "trio is no worse than its worst member on any small set", ignore: !folder },
  () => {
    const aucOf = (name: string, set: typeof sets[number]) =>
      rankingOf(findAlgorithm(name)!, [set], SEEDS).auc;
    const members = ["isolation_forest", "one_class_svm", "local_outlier_factor"];
    for (const set of sets) {
      const worst = Math.min(...members.map((name) => aucOf(name, set)));
      const auc = aucOf("trio", set);
      assert(auc >= worst, `${set.name}: ${auc} is below ${worst}`);
    }
  },
);
