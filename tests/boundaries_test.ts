import { assertEquals } from "@std/assert";

/** Which of our own layers each layer may import; the order of the tree, one way. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "scoring": ["scoring"],
  "scoring/edge": ["scoring", "scoring/edge"],
  "domain": ["scoring", "domain"],
  "schema": ["scoring", "domain", "schema"],
  "api": ["scoring", "scoring/edge", "domain", "schema", "api"],
  "migrations": ["migrations"],
};

/**
 * What the edge asks of others: the store that domain implements, the messages of its sync, and the
 * mapping that a tenant sets.
 */
const PORTS = [
  "scoring/edge/store.ts",
  "scoring/edge/standalone/protocol.ts",
  "scoring/edge/mapping/mod.ts",
];

const root = new URL("../", import.meta.url);

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function* filesBelow(folder: string, ending: RegExp): Generator<SourceFile> {
  for (const entry of Deno.readDirSync(new URL(folder, root))) {
    const path = folder + entry.name;
    if (entry.isDirectory) yield* filesBelow(path + "/", ending);
    else if (ending.test(entry.name)) {
      yield { path, text: Deno.readTextFileSync(new URL(path, root)) };
    }
  }
}

function layerOf(path: string): string {
  return path.startsWith("scoring/edge/") ? "scoring/edge" : path.slice(0, path.indexOf("/"));
}

function importsOf(file: SourceFile): string[] {
  const specifiers = withoutComments(file.text).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return [...specifiers].map((match) => match[1]);
}

/** Path from the root of a relative import. */
function resolved(from: string, specifier: string): string {
  return new URL(specifier, new URL(from, "file:///")).pathname.slice(1);
}

function wrongImports(layer: string): string[] {
  const wrong: string[] = [];
  for (const file of filesBelow(layer.split("/")[0] + "/", /\.ts$/)) {
    if (layerOf(file.path) !== layer) continue;
    for (const specifier of importsOf(file).filter((name) => name.startsWith("."))) {
      const target = resolved(file.path, specifier);
      if (PORTS.includes(target) || target.startsWith("tests/std/")) continue;
      if (!MAY_IMPORT[layer].includes(layerOf(target))) wrong.push(`${file.path} → ${target}`);
    }
  }
  return wrong;
}

for (const layer of Object.keys(MAY_IMPORT)) {
  Deno.test(`${layer} imports only what lies below it`, () =>
    assertEquals(wrongImports(layer), []));
}

Deno.test("scoring outside of its edge names no package but the hash", () => {
  const packages = [...filesBelow("scoring/", /\.ts$/)]
    .filter((file) => layerOf(file.path) === "scoring")
    .flatMap((file) => importsOf(file).filter((name) => !name.startsWith(".")));
  assertEquals([...new Set(packages)].filter((name) => name !== "@noble/hashes/sha2"), []);
});

Deno.test("only the platform files of scoring name a platform's own interfaces", () => {
  const offenders = [...filesBelow("scoring/", /\.ts$/)]
    .filter((file) => !file.path.startsWith("scoring/edge/platform/"))
    .filter((file) => /\bDeno\.|"node:/.test(withoutComments(file.text)))
    .map((file) => file.path);
  assertEquals(offenders, []);
});

Deno.test("scoring uses nothing that Node 20 lacks", () => {
  const younger =
    /Promise\.(withResolvers|try)|(Map|Object)\.groupBy|Array\.fromAsync|RegExp\.escape/;
  const offenders = [...filesBelow("scoring/", /\.ts$/)]
    .filter((file) => younger.test(withoutComments(file.text)))
    .map((file) => file.path);
  assertEquals(offenders, []);
});

Deno.test("clock and chance come into scoring and domain as arguments", () => {
  const offenders = [...filesBelow("scoring/", /\.ts$/), ...filesBelow("domain/", /\.ts$/)]
    .filter((file) => !file.path.startsWith("scoring/edge/platform/"))
    .filter((file) => /Math\.random\(|Date\.now\(|new Date\(\)/.test(withoutComments(file.text)))
    .map((file) => file.path);
  assertEquals(offenders, []);
});

Deno.test("Kysely is spoken in domain and migrations alone", () => {
  const offenders = ["schema/", "api/", "scoring/"].flatMap((
    folder,
  ) => [...filesBelow(folder, /\.ts$/)])
    .filter((file) => importsOf(file).some((name) => name === "kysely"))
    .map((file) => file.path);
  assertEquals(offenders, []);
});

/** Our own code; the tests are held together by what they test. */
const CODE = ["scoring", "domain", "schema", "api", "migrations", "scripts", "deploy"];

function importGraph(): Map<string, string[]> {
  const files = CODE.flatMap((folder) => [...filesBelow(`${folder}/`, /\.ts$/)]);
  return new Map(files.map((file) => {
    const own = importsOf(file).filter((name) => name.startsWith("."));
    return [file.path, own.map((name) => resolved(file.path, name))];
  }));
}

/** A first circle that each file is found to close, as a path. */
function circlesOf(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
}

Deno.test("no file imports itself by way of others, not even for a type", () =>
  assertEquals(circlesOf(importGraph()), []));

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}
