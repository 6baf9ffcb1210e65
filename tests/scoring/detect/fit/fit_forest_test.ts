import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { findAlgorithm } from "../../../../scoring/algorithm/mod.ts";
import {
  detectorAlgorithm,
  FOREST_ALGORITHMS,
  isForestSection,
} from "../../../../scoring/detect/mod.ts";
import { forestOf } from "../forest_of.ts";
import { calmHours, fitted } from "../rows.ts";

const ROWS = calmHours(200);
const algorithm = "extended_isolation_forest";

for (const name of FOREST_ALGORITHMS) {
  Deno.test(`a detector's ${name} takes what the registry's takes, but no densities`, () => {
    const { density: _, ...rules } = findAlgorithm(name)!.parameters;
    assertEquals(detectorAlgorithm(name).parameters, rules);
    assertEquals(detectorAlgorithm(name).source, findAlgorithm(name)!.source);
    assertEquals(fitted(ROWS, { algorithm: name }).sections.every(isForestSection), true);
  });
}

for (const [name, value] of [["gainShare", 0], ["heightLimit", 4]] as const) {
  Deno.test(`a detector's extended forest grows otherwise with ${name} ${value}`, () => {
    const parameters = { [name]: value };
    const usual = forestOf(fitted(ROWS, { algorithm }).sections[0]);
    const model = fitted(ROWS, { algorithm, parameters });
    assertNotEquals(forestOf(model.sections[0]), usual);
    assertEquals(model.provenance.parameters, {
      treeCount: 100,
      subsampleSize: 256,
      gainShare: 0.5,
      heightLimit: 0,
      ...parameters,
    });
  });
}

for (const [name, value] of [["gainShare", 1.5], ["heightLimit", 65], ["density", 1]] as const) {
  Deno.test(`a detector's extended forest refuses ${name} ${value} by name`, () => {
    const parameters = { [name]: value };
    assertThrows(() => fitted(ROWS, { algorithm, parameters }), RangeError, name);
  });
}
