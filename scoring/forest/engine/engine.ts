import type { ForestKernel } from "./forest_kernel.ts";
import { kernelBytes } from "./kernel_bytes.ts";
import { plainKernel } from "./plain_kernel.ts";
import { createWasmKernel } from "./wasm_kernel.ts";

let chosen: ForestKernel | undefined;

/**
 * The kernel that scores forests, chosen at its first use: WebAssembly compiled from its embedded
 * bytes, or plain TypeScript where the runtime does not compile, not here, or has no vectors.
 */
export function forestKernel(): ForestKernel {
  chosen ??= chooseKernel(() => new WebAssembly.Instance(new WebAssembly.Module(kernelBytes())));
  return chosen;
}

/**
 * Scores with a compiled `kernel.wasm` from here on, best before the first score. For runtimes that
 * import modules and do not compile bytes, such as workerd; and for a page's main thread before
 * Chromium 115, which only takes what `WebAssembly.instantiate` has made.
 */
export function useForestKernel(kernel: WebAssembly.Module | WebAssembly.Instance): void {
  chosen = createWasmKernel(kernel);
}

/** Plain TypeScript where the runtime refuses to compile; what else `compile` throws is thrown. */
export function chooseKernel(compile: () => WebAssembly.Instance): ForestKernel {
  let instance: WebAssembly.Instance;
  try {
    instance = compile();
  } catch (error) {
    if (isRefusal(error)) return plainKernel;
    throw error;
  }
  return createWasmKernel(instance);
}

/**
 * A runtime without WebAssembly, without vectors, that forbids code made at run time, or that does
 * not compile at once on a page's main thread: Chromium before 115 throws a RangeError there.
 */
function isRefusal(error: unknown): boolean {
  return typeof WebAssembly === "undefined" || error instanceof WebAssembly.CompileError ||
    error instanceof EvalError || error instanceof RangeError;
}
