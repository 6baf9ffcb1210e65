import { assert, assertEquals } from "@std/assert";
import {
  ALGORITHMS as EDGE_ALGORITHMS,
  findAlgorithm,
} from "../../../scoring/algorithm/edge_registry.ts";
import { ALGORITHMS } from "../../../scoring/algorithm/mod.ts";
import { defaultDetection, isForestAlgorithm } from "../../../scoring/detect/mod.ts";

Deno.test("a small edge knows methods of the whole list, each by its name", () => {
  for (const algorithm of EDGE_ALGORITHMS) {
    assert(ALGORITHMS.includes(algorithm), algorithm.name);
    assertEquals(findAlgorithm(algorithm.name), algorithm);
  }
  assertEquals(findAlgorithm("one_class_svm"), undefined);
});

for (const metrics of [1, 2, 9]) {
  for (const bucketMs of [1_000, 300_000]) {
    Deno.test(`a small edge judges ${metrics} metrics of ${bucketMs} ms by default`, () => {
      const planned = Array.from({ length: metrics }, (_, index) => (
        { name: `m${index}`, kind: "gauge" as const }
      ));
      const { algorithm } = defaultDetection(planned, bucketMs);
      assert(isForestAlgorithm(algorithm) || findAlgorithm(algorithm), algorithm);
    });
  }
}
