import asc from "npm:assemblyscript@0.28.20/asc";
import { EXIT, runTask } from "./kit/mod.ts";

const ENGINE = new URL("../scoring/forest/engine/", import.meta.url);

/** Compiles the kernel's AssemblyScript; the same source gives the same bytes. */
export async function compileKernel(): Promise<Uint8Array<ArrayBuffer>> {
  let compiled: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    ...["index.ts", "--outFile", "kernel.wasm", "--enable", "simd"],
    ...["-O3", "--noAssert", "--runtime", "stub", "--initialMemory", "14"],
  ], {
    readFile: (name) => readSource(name),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") compiled = contents;
    },
    listFiles: () => [],
  });
  if (error || !compiled) throw new Error(`Cannot compile kernel: ${stderr.toString()}`);
  return new Uint8Array(compiled);
}

/** `null` is the compiler's word for a file that is elsewhere, as those of its own library. */
function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(`kernel/${name}`, ENGINE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The module that embeds the bytes. */
export function embeddingOf(kernel: Uint8Array<ArrayBuffer>): string {
  const lines = kernel.toBase64().match(/.{1,96}/g) ?? [];
  return `// Made by \`deno task build:kernel\` from kernel/; do not edit.

/** The kernel as WebAssembly, ${kernel.length} bytes. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  // Runtimes older than 2025 do not have it; it takes a fiftieth of the time.
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(BASE64);
  const text = atob(BASE64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const BASE64 = \`
${lines.join("\n")}
\`;
`;
}

const TASK = {
  name: "build:kernel",
  summary: "Compiles the forest kernel and embeds it: kernel.wasm and kernel_bytes.ts.",
  operands: "",
  flags: {},
  examples: ["deno task build:kernel"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ output }) => {
    const kernel = await compileKernel();
    await Deno.writeFile(new URL("kernel.wasm", ENGINE), kernel);
    await Deno.writeTextFile(new URL("kernel_bytes.ts", ENGINE), embeddingOf(kernel));
    output.line(`kernel.wasm has ${kernel.length} bytes`);
    output.result({ bytes: kernel.length });
    return EXIT.ok;
  });
}
