import { assert, assertEquals } from "@std/assert";
import { kernelBytes } from "../../../../scoring/forest/engine/kernel_bytes.ts";
import { compileKernel, embeddingOf } from "../../../../scripts/build_kernel.ts";

const ENGINE = new URL("../../../../scoring/forest/engine/", import.meta.url);

Deno.test("building the kernel again gives the committed bytes", async () => {
  const kernel = await compileKernel();
  assertEquals(await Deno.readFile(new URL("kernel.wasm", ENGINE)), kernel);
  assertEquals(kernelBytes(), kernel);
  assertEquals(await Deno.readTextFile(new URL("kernel_bytes.ts", ENGINE)), embeddingOf(kernel));
});

Deno.test("the kernel is a few kB and needs nothing of its host", () => {
  const module = new WebAssembly.Module(kernelBytes());
  assert(kernelBytes().length < 16_000);
  assertEquals(WebAssembly.Module.imports(module), []);
});
