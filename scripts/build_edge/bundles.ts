import * as esbuild from "npm:esbuild@0.28.2";
import { openApiDocument } from "../../scoring/edge/http/openapi.ts";
import { DEFAULT_EDGE_LIMITS } from "../../scoring/edge/limits.ts";

/** How large a bundle is, without any model. */
export interface BundleSize {
  readonly name: string;
  readonly bytes: number;
  readonly gzBytes: number;
}

const ROOT = new URL("../../", import.meta.url);

interface Bundle {
  /** File that it becomes. */
  readonly name: string;
  readonly entry: string;
  /** What comes before the entry, where a runtime wants it. */
  readonly preamble?: string;
  readonly platform: "neutral" | "node";
  /** Files that lie beside it. */
  readonly beside: readonly string[];
  /** Modules in place of those whose paths, from here or from their package, end like this. */
  readonly stands?: Readonly<Record<string, string>>;
  /** Further steps of its build. */
  readonly plugins?: readonly esbuild.Plugin[];
}

const KERNEL = "scoring/forest/engine/kernel.wasm";

/** The description is made once, here: making it takes a third of all packages' bytes. */
const DESCRIPTION = description();

/** Examples and words are half of it, and the same edge tells them elsewhere. */
const BRIEF_DESCRIPTION = description((key, value) => {
  if (key === "example" || key === "examples") return undefined;
  // Answers must have one.
  return key === "description" && typeof value === "string" ? "" : value;
});

function description(told?: (key: string, value: unknown) => unknown) {
  const document = JSON.stringify(openApiDocument(DEFAULT_EDGE_LIMITS), told);
  return {
    "scoring/edge/http/openapi.ts": `const document = ${document};
      export const openApiDocument = () => document;`,
  };
}

/** For a bundle that has the kernel beside it: its bytes need not be inside as well. */
const WITHOUT_KERNEL = {
  "scoring/forest/engine/kernel_bytes.ts":
    "export const kernelBytes = () => { throw new WebAssembly.CompileError('not embedded'); };",
};

/** For a runtime that limits its code: methods are half of what is not HTTP. */
const FEWER_ALGORITHMS = {
  "scoring/algorithm/registry.ts": 'export * from "./edge_registry.ts";',
};

/** A worker sleeps between requests: it keeps no connection to a broker, and has no files. */
const WITHOUT_SOURCES = {
  "scoring/edge/sources/config/parse_config.ts": `
    import { SourceConfigError } from "../config_error.ts";
    export function parseSources() {
      throw new SourceConfigError("sources", "a worker takes from none");
    }`,
};

/** A worker judges by models that were fitted at the gateway. */
const WITHOUT_FITS = {
  "scoring/algorithm/device/residual/residual_fit.ts": `export function fitResidualModel() {
    throw new RangeError("Cannot fit a model in a worker");
  }`,
  "scoring/forest/fit.ts": `export function fitForest() {
    throw new RangeError("Cannot fit a forest in a worker");
  }`,
  "scoring/forest/engine/wasm_fit.ts": `export const hasRoomToFit = () => false;
    export const fitBytes = () => 0;
    export const fitInKernel = () => 0;`,
};

/** For some twenty routes: the router that finds them all, without the one that is quick for many. */
const ONE_ROUTER = {
  "dist/hono.js": `
    import { HonoBase } from "./hono-base.js";
    import { TrieRouter } from "./router/trie-router/index.js";
    export class Hono extends HonoBase {
      constructor(options = {}) {
        super(options);
        this.router = options.router ?? new TrieRouter();
      }
    }`,
};

/** Nobody asks a worker what its settings and the parameters of its methods mean. */
const WITHOUT_HELP: esbuild.Plugin = {
  name: "without help",
  setup(build) {
    build.onLoad({ filter: /\/(scoring\/algorithm\/.*|api\/edge_config)\.ts$/ }, ({ path }) => ({
      contents: Deno.readTextFileSync(path)
        .replaceAll(/\b(help|source):\s*("[^"]*"[\s+]*)+/g, '$1: ""'),
      loader: "ts",
    }));
  },
};

const BUNDLES: readonly Bundle[] = [
  {
    name: "worker.js",
    entry: "deploy/workerd/main.ts",
    // Code made at run time is forbidden there: the kernel comes as a module.
    preamble: `import kernel from "./kernel.wasm";
      import { useForestKernel } from "./scoring/forest/mod.ts";
      useForestKernel(kernel);
      export { default } from "./deploy/workerd/main.ts";`,
    platform: "neutral",
    beside: [KERNEL, "deploy/workerd/config.capnp", "deploy/workerd/wrangler.toml"],
    stands: {
      ...BRIEF_DESCRIPTION,
      ...WITHOUT_KERNEL,
      ...FEWER_ALGORITHMS,
      ...WITHOUT_FITS,
      ...WITHOUT_SOURCES,
      ...ONE_ROUTER,
    },
    plugins: [WITHOUT_HELP],
  },
  {
    name: "node.mjs",
    entry: "deploy/node/main.ts",
    platform: "node",
    beside: [],
    stands: DESCRIPTION,
  },
  { name: "browser.js", entry: "deploy/browser/main.ts", platform: "neutral", beside: [] },
];

/** Bundles the edge for each runtime into a folder; a bundle imports nothing but what is beside it. */
export async function buildEdges(folder: string): Promise<BundleSize[]> {
  await Deno.mkdir(folder, { recursive: true });
  try {
    const sizes: BundleSize[] = [];
    for (const bundle of BUNDLES) sizes.push(await build(folder, bundle));
    return sizes;
  } finally {
    await esbuild.stop();
  }
}

async function build(folder: string, bundle: Bundle): Promise<BundleSize> {
  const { name, entry, preamble = "", platform, beside, stands = {}, plugins = [] } = bundle;
  const outfile = `${folder}/${name}`;
  await esbuild.build({
    stdin: { contents: `${preamble}\nexport * from "./${entry}";`, resolveDir: ROOT.pathname },
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform,
    external: ["node:*", "./kernel.wasm"],
    plugins: [PACKAGES, OWN_MODULES, inPlaceOf(stands), ...plugins],
    logLevel: "warning",
  });
  for (const path of beside) {
    await Deno.copyFile(new URL(path, ROOT), `${folder}/${path.slice(path.lastIndexOf("/") + 1)}`);
  }
  const text = await Deno.readFile(outfile);
  return { name, bytes: text.length, gzBytes: await gzippedLength(text) };
}

/** Packages by the import map of `deno.json`, from where Deno keeps them. */
const PACKAGES: esbuild.Plugin = {
  name: "packages of deno.json",
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) => {
      if (kind === "entry-point" || path.startsWith("node:")) return undefined;
      return { path: new URL(import.meta.resolve(path)).pathname, sideEffects: false };
    });
  },
};

/** Importing a file of ours does nothing, so that what nobody uses is left out. */
const OWN_MODULES: esbuild.Plugin = {
  name: "own modules",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, resolveDir, importer }) => {
      // The entry alone does something.
      if (importer === "<stdin>") return undefined;
      return { path: new URL(path, `file://${resolveDir}/`).pathname, sideEffects: false };
    });
  },
};

function inPlaceOf(stands: Readonly<Record<string, string>>): esbuild.Plugin {
  return {
    name: "stand-ins",
    setup(build) {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const [, contents] = Object.entries(stands).find(([end]) => path.endsWith(`/${end}`)) ?? [];
        return contents === undefined ? undefined : { contents, loader: "js" };
      });
    },
  };
}

async function gzippedLength(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
