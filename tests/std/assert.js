// @ts-self-types="./assert.d.ts"
// `@std/assert` from the npm package `deno-std`; `jsr:@std/assert@1` in deno.json serves as well.
export * from "npm:deno-std@1.4.0/assert/mod.js";
