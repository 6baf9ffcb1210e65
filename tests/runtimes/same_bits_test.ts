import { assert, assertEquals } from "@std/assert";
import * as esbuild from "npm:esbuild@0.28.2";
import {
  encodeBundle,
  generateSigningKey,
  importSigner,
  signBundle,
} from "../../scoring/bundle/mod.ts";
import { toHex } from "../../scoring/numeric/mod.ts";
import { bellRows } from "../scoring/forest/rows.ts";
import { smallModel } from "../scoring/bundle/small_model.ts";
import { answerOfPage, chromiumBinary } from "./chromium.ts";
import { answer, packInput, TENANT_ID } from "./scorer.ts";
import { startWorkerd, workerdBinary } from "./workerd.ts";

const ROW_COUNT = 10_000;
const KERNEL = new URL("../../scoring/forest/engine/kernel.wasm", import.meta.url);

/**
 * A signed bundle, its key, and rows among which are the numbers that engines might treat apart.
 */
async function packedInput(): Promise<Uint8Array<ArrayBuffer>> {
  const key = await generateSigningKey();
  const { unsigned } = encodeBundle(smallModel(11, 100));
  const bundle = await signBundle(unsigned, await importSigner(key.pkcs8), TENANT_ID);
  const rows = bellRows(ROW_COUNT, 2, 12).data;
  rows.set([NaN, Infinity, -Infinity, -0, 0, 1e-45, -3.4028234663852886e38, 1e-38]);
  return packInput({ bundle, publicKey: key.publicKey, rows });
}

/** The scorer with all that it imports as one module, as an edge would ship it. */
async function bundleScorer(outfile: string): Promise<void> {
  const packages: esbuild.Plugin = {
    name: "packages of deno.json",
    setup(build) {
      build.onResolve({ filter: /^@noble\// }, ({ path }) => ({
        path: new URL(import.meta.resolve(path)).pathname,
      }));
    },
  };
  const entry = new URL("scorer.ts", import.meta.url).pathname;
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    plugins: [packages],
    logLevel: "warning",
  });
  await esbuild.stop();
}

const NODE_MAIN = `
import { readFile, writeFile } from "node:fs/promises";
import { answer } from "./scorer.js";
const [input, output] = process.argv.slice(2);
await writeFile(output, await answer(new Uint8Array(await readFile(input))));
`;

const WORKERD_MAIN = `
import { answer } from "./scorer.js";
export default {
  async fetch(request) {
    return new Response(await answer(new Uint8Array(await request.arrayBuffer())));
  },
};
`;

/** As an edge would, where code made at run time is forbidden. */
const WORKERD_KERNEL_MAIN = `
import kernel from "./kernel.wasm";
import { answer, useForestKernel } from "./scorer.js";
useForestKernel(kernel);
export default {
  async fetch(request) {
    return new Response(await answer(new Uint8Array(await request.arrayBuffer())));
  },
};
`;

/** Scores on a page's main thread, where engines limit what may be compiled at once. */
const CHROMIUM_MAIN = `
import { answer } from "./scorer.js";
const { Module } = WebAssembly;
let compiledBytes = 0;
WebAssembly.Module = function (bytes) {
  compiledBytes += bytes.byteLength;
  return new Module(bytes);
};
const input = await (await fetch("input")).bytes();
const output = await answer(input);
if (compiledBytes === 0) throw new Error("Cannot tell kernels apart as the page has compiled none");
await fetch("output", { method: "POST", body: output });
`;

async function answerOfNode(folder: string, input: Uint8Array): Promise<Uint8Array> {
  await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
  await Deno.writeTextFile(`${folder}/main.js`, NODE_MAIN);
  await Deno.writeFile(`${folder}/input`, input);
  const { success, stderr } = await new Deno.Command("node", {
    args: [`${folder}/main.js`, `${folder}/input`, `${folder}/output`],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return await Deno.readFile(`${folder}/output`);
}

async function answerOfWorkerd(
  folder: string,
  input: Uint8Array<ArrayBuffer>,
  main: string,
): Promise<Uint8Array> {
  await Deno.writeTextFile(`${folder}/worker.js`, main);
  await Deno.copyFile(KERNEL, `${folder}/kernel.wasm`);
  await using worker = await startWorkerd(workerdBinary ?? "", folder, [
    "scorer.js",
    "kernel.wasm",
  ]);
  const response = await fetch(worker.url, { method: "POST", body: input });
  const body = new Uint8Array(await response.arrayBuffer());
  assertEquals(response.status, 200, new TextDecoder().decode(body.subarray(0, 500)));
  return body;
}

async function answerOfChromium(folder: string, input: Uint8Array): Promise<Uint8Array> {
  await Deno.writeTextFile(`${folder}/main.js`, CHROMIUM_MAIN);
  await Deno.writeFile(`${folder}/input`, input);
  return await answerOfPage(chromiumBinary ?? "", folder);
}

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
}

/** Registers a test that another runtime's answer has the bits of this one's. */
function sameBits(
  runtime: string,
  missing: string | undefined,
  answerOf: (folder: string, input: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): void {
  const name = `X1: ${runtime} opens, scores, explains and fits 10,000 rows to the bits of Deno`;
  if (missing !== undefined) {
    Deno.test.ignore(`${name} (skipped as ${missing})`, () => {});
    return;
  }
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "treeline-runtime-" });
    try {
      await bundleScorer(`${folder}/scorer.js`);
      const input = await packedInput();
      const wanted = await answer(input);
      assert(wanted.length > 8 * 2 * ROW_COUNT);
      assertEquals(await sha256Of(await answerOf(folder, input)), await sha256Of(wanted));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

sameBits(
  "Node",
  await isInstalled("node") ? undefined : "node is not installed",
  answerOfNode,
);
const workerdMissing = workerdBinary
  ? undefined
  : "workerd is not installed (npm install --ignore-scripts workerd)";
sameBits(
  "workerd",
  workerdMissing,
  (folder, input) => answerOfWorkerd(folder, input, WORKERD_MAIN),
);
sameBits(
  "workerd with the kernel as a module",
  workerdMissing,
  (folder, input) => answerOfWorkerd(folder, input, WORKERD_KERNEL_MAIN),
);
sameBits(
  "Chromium",
  chromiumBinary
    ? undefined
    : "Chromium is not installed (apt-get install chromium, or name it in CHROMIUM)",
  answerOfChromium,
);
