import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { chooseKernel } from "../../../../scoring/forest/engine/engine.ts";
import { kernelBytes } from "../../../../scoring/forest/engine/kernel_bytes.ts";
import {
  forestKernel,
  plainKernel,
  useForestKernel,
} from "../../../../scoring/forest/engine/mod.ts";
import { fitForest, scoreForest } from "../../../../scoring/forest/mod.ts";
import { bellRows } from "../rows.ts";

for (
  const [why, error] of [
    ["it has no vectors", new WebAssembly.CompileError("Wasm SIMD unsupported")],
    ["it forbids code made at run time", new EvalError("Code generation disallowed")],
    ["a page's main thread may not compile so much", new RangeError("larger than 4KB")],
  ] as const
) {
  Deno.test(`plain TypeScript scores where a runtime does not compile as ${why}`, () =>
    assertStrictEquals(
      chooseKernel(() => {
        throw error;
      }),
      plainKernel,
    ));
}

Deno.test("an error that is no refusal to compile is not hidden", () => {
  assertThrows(() =>
    chooseKernel(() => {
      throw new TypeError("a bug");
    }), TypeError);
});

Deno.test("a module or an instance that is handed over scores from then on, to the same bits", () => {
  const rows = bellRows(300, 3, 1);
  const forest = fitForest(rows, { treeCount: 10, subsampleSize: 64, seed: 1 });
  const wanted = scoreForest(forest, rows);
  const module = new WebAssembly.Module(kernelBytes());
  for (const kernel of [module, new WebAssembly.Instance(module)]) {
    const before = forestKernel();
    useForestKernel(kernel);
    assert(forestKernel() !== before);
    assertEquals(scoreForest(forest, rows), wanted);
  }
});
