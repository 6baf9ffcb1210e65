import { assertEquals, assertStrictEquals } from "@std/assert";
import { ALGORITHMS, findAlgorithm } from "../../../scoring/algorithm/mod.ts";

Deno.test("every method on the list is found by its own name", () => {
  for (const algorithm of ALGORITHMS) assertStrictEquals(findAlgorithm(algorithm.name), algorithm);
});

Deno.test("a name that no method has finds none", () => {
  for (const name of ["", "toString", "no_such_method"]) {
    assertEquals(findAlgorithm(name), undefined);
  }
});
