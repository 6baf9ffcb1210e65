import { assertEquals } from "@std/assert";
import * as face from "../../scoring/mod.ts";

const MOD = new URL("../../scoring/mod.ts", import.meta.url);
const source = Deno.readTextFileSync(MOD);

/** Examples leave this line out, as the core of scoring names no package but the hash. */
const ASSERTIONS = "import { assert, assertAlmostEquals, assertEquals, assertRejects } from " +
  `"${import.meta.resolve("@std/assert")}";\n`;

/** An example of the module's documentation as a module of its own. */
interface Example {
  readonly title: string;
  readonly code: string;
}

const examples: readonly Example[] = [
  ...source.matchAll(/ \* @example (.+)\n \* ```ts\n([\s\S]*?) \* ```/g),
].map(([, title, block]) => ({ title, code: block.replace(/^ \* ?/gm, "") }));

for (const { title, code } of examples) {
  Deno.test(`the example "${title}" of scoring holds`, async () => {
    const folder = Deno.makeTempDirSync();
    try {
      const file = `${folder}/example.ts`;
      Deno.writeTextFileSync(file, ASSERTIONS + code.replaceAll('"./mod.ts"', `"${MOD}"`));
      await import(`file://${file}`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

Deno.test("everything that scoring exports is used in an example", () => {
  const code = examples.map((example) => example.code).join();
  const unused = Object.keys(face).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
  assertEquals(unused, []);
});
