import { assertEquals } from "@std/assert";

const SCORING = new URL("../../../scoring/", import.meta.url);

/** What every engine computes to the same bits. */
const ALLOWED = ["sqrt", "abs", "floor", "min", "max", "fround", "imul", "clz32"];

function* sources(folder: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    // The edge moves bytes and has no part in a score.
    if (entry.isDirectory && entry.name !== "edge") {
      yield* sources(new URL(`${entry.name}/`, folder));
    }
    if (entry.isFile && entry.name.endsWith(".ts")) yield new URL(entry.name, folder);
  }
}

/** Code without its comments and strings, which may say anything. */
function codeOf(file: URL): string {
  return Deno.readTextFileSync(file)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/"(?:\\.|[^"\\\n])*"/g, '""')
    .replace(/\/\/.*$/gm, "");
}

for (
  const [what, pattern] of [
    ["a Math function that engines may round differently", /Math\.(\w+)|Math\[/g],
    ["a power by the operator", /\*\*/g],
    ["a format of the reader's language", /toLocale\w+|Intl\./g],
  ] as const
) {
  Deno.test(`scoring never uses ${what}`, () => {
    const found: string[] = [];
    for (const file of sources(SCORING)) {
      // Made once at the gateway, which hands on what it found.
      if (file.pathname.endsWith("/time/zone_transitions.ts")) continue;
      for (const match of codeOf(file).matchAll(pattern)) {
        if (!ALLOWED.includes(match[1])) found.push(`${file.pathname}: ${match[0]}`);
      }
    }
    assertEquals(found, []);
  });
}
