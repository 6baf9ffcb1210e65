import type { ForestKernel } from "./forest_kernel.ts";
import { kernelBytes } from "./kernel_bytes.ts";
import { plainKernel } from "./plain_kernel.ts";
import { createWasmKernel } from "./wasm_kernel.ts";

let chosen: ForestKernel | undefined;

/**
 * The kernel that scores forests, chosen at its first use: WebAssembly compiled from its embedded
 * bytes, or plain TypeScript where the runtime does not compile or has no vectors.
 */
export function forestKernel(): ForestKernel {
  chosen ??= compileKernel() ?? plainKernel;
  return chosen;
}

/**
 * Scores with a compiled `kernel.wasm` from here on. For runtimes that import modules and do not
 * compile bytes, such as workerd: call it once before the first score.
 */
export function useForestKernel(module: WebAssembly.Module): void {
  chosen = createWasmKernel(module);
}

function compileKernel(): ForestKernel | undefined {
  try {
    return createWasmKernel(new WebAssembly.Module(kernelBytes()));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** A runtime without WebAssembly, without vectors, or that forbids code made at run time. */
function isRefusal(error: unknown): boolean {
  return typeof WebAssembly === "undefined" || error instanceof WebAssembly.CompileError ||
    error instanceof EvalError;
}
