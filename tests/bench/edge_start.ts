import { buildEdges } from "../../scripts/build_edge/bundles.ts";
import { answerOfPage, chromiumBinary } from "../runtimes/chromium.ts";
import {
  type EdgeProcess,
  type EdgeProcessOptions,
  installLibsql,
  startDenoEdge,
  startDeployEdge,
  startNodeEdge,
  startWorkerdEdge,
} from "../runtimes/edge_process.ts";
import { SENDER_KEY, startGatewayStub } from "../runtimes/gateway_stub.ts";
import { workerdBinary } from "../runtimes/workerd.ts";
import { openWorld, TENANT } from "../scoring/edge/world.ts";
import { type Measure, told } from "./measure.ts";

const ROUNDS = 11;

interface Runtime {
  readonly name: string;
  readonly start: (options: EdgeProcessOptions) => Promise<EdgeProcess>;
}

const RUNTIMES: readonly Runtime[] = [
  { name: "Deno", start: startDenoEdge },
  { name: "Deno Deploy's module", start: startDeployEdge },
  { name: "Node", start: startNodeEdge },
  ...workerdBinary
    ? [{
      name: "workerd",
      start: (options: EdgeProcessOptions) => startWorkerdEdge(workerdBinary!, options),
    }]
    : [],
];

/** From the start of a process whose edge has run before to its first verdict, p50 per runtime. */
export async function measureEdgeStart(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-start-" });
  try {
    const built = `${folder}/built`;
    const sizes = await buildEdges(built);
    await installLibsql(built);
    await using stub = await startGatewayStub();
    const times = new Map<string, number[]>(RUNTIMES.map(({ name }) => [name, []]));
    const page: number[] = [];
    // The first round only fills files and caches of the system.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { name, start } of RUNTIMES) {
        const data = `${folder}/${name}`;
        const ms = await firstVerdictMs(() => start({ built, data, settings: stub.settings }));
        if (round > 0) times.get(name)!.push(ms);
      }
      if (chromiumBinary && round > 0) page.push(await pageMs(folder, built, chromiumBinary));
    }
    if (page.length > 0) times.set("Chromium page", page);
    return [
      ...[...times].map(([name, each]) =>
        told(`edge start to first verdict, ${name}`, medianOf(each), "ms")
      ),
      ...sizes.map(({ name, gzBytes }) => told(`bundle ${name}`, gzBytes / 1_000, "kB gz")),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function firstVerdictMs(start: () => Promise<EdgeProcess>): Promise<number> {
  const { modelId } = await openWorld();
  const startedMs = performance.now();
  await using edge = await start();
  for (;;) {
    const response = await fetch(`${edge.url}/v1/score`, {
      method: "POST",
      body: JSON.stringify({ model: modelId, vectors: [[32, 0, 1]] }),
      headers: { "content-type": "application/json", "x-api-key": SENDER_KEY },
    });
    await response.body?.cancel();
    if (response.ok) return performance.now() - startedMs;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const PAGE = `
import { openScorer } from "./browser.js";
const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
const options = { bundle: await bytes("bundle"), tenantId: TENANT, publicKeys: [await bytes("key")] };
(await openScorer(options)).score(new Float32Array([32, 0, 1]));
await fetch("output", { method: "POST", body: String(performance.now()) });
`;

/** From the page's navigation on, as the page itself counts. */
async function pageMs(folder: string, built: string, binary: string): Promise<number> {
  const world = await openWorld();
  const page = `${folder}/page`;
  await Deno.mkdir(page, { recursive: true });
  await Deno.copyFile(`${built}/browser.js`, `${page}/browser.js`);
  await Deno.writeTextFile(`${page}/main.js`, PAGE.replace("TENANT", JSON.stringify(TENANT)));
  await Deno.writeFile(`${page}/bundle`, world.bundle);
  await Deno.writeFile(`${page}/key`, world.publicKey);
  return Number(new TextDecoder().decode(await answerOfPage(binary, page)));
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}
