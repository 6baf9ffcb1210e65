import { assertEquals, assertThrows } from "@std/assert";
import { openNamedAlgorithms } from "../../../scripts/custom/mod.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";

const example = new URL("../../../docs/examples/nearest_mean.ts", import.meta.url);

Deno.test("nothing is opened where nothing is named", () => {
  for (const list of [undefined, "", " , "]) {
    using custom = openNamedAlgorithms(list, list, false);
    assertEquals(custom.algorithms, []);
  }
});

Deno.test("a module is named by its path or its URL", () => {
  for (const name of [example.pathname, example.href, ` ${example.pathname} ,`]) {
    using custom = openNamedAlgorithms(name, undefined, false);
    assertEquals(custom.algorithms.map((algorithm) => algorithm.name), ["nearest_mean"]);
  }
});

for (
  const [what, modules, endpoints, told] of [
    ["two of one name", `${example.href},${example.href}`, undefined, "nearest_mean"],
    ["a module over plain HTTP", "http://example.org/mine.ts", undefined, "https:"],
    ["a module of text", "data:text/javascript,1", undefined, "https: or file:"],
    ["an endpoint that is no URL", undefined, "example.org", "http:"],
    ["an endpoint of another kind", undefined, "ftp://example.org", "http:"],
    ["too many", Array(17).fill("./mine.ts").join(), undefined, "16"],
  ] as const
) {
  Deno.test(`${what} cannot be named`, () => {
    assertThrows(() => openNamedAlgorithms(modules, endpoints, false), UsageError, told);
  });
}
