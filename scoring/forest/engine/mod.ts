/** Kernels that score forests: the same bits at different speeds. docs/bit_slicing.md explains. */
export { forestKernel, useForestKernel } from "./engine.ts";
export { EXPECTED_UNITS, expectedPaths } from "./expected_paths.ts";
export type { ForestKernel } from "./forest_kernel.ts";
export { createPlainKernel, plainKernel } from "./plain_kernel.ts";
export { createWasmKernel } from "./wasm_kernel.ts";
