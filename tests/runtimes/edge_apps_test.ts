import { assert, assertEquals } from "@std/assert";
import { buildEdges } from "../../scripts/build_edge/bundles.ts";
import type { StandaloneEdge } from "../../scoring/edge/mod.ts";
import type { TelemetryPoint } from "../../scoring/point.ts";
import { bellRows } from "../scoring/forest/rows.ts";
import { KEY } from "../scoring/edge/kit.ts";
import { atSite, STREAM, told, uncut } from "../scoring/edge/standalone/site.ts";
import { openWorld, TENANT } from "../scoring/edge/world.ts";
import { answerOfPage, chromiumBinary } from "./chromium.ts";
import {
  type EdgeProcess,
  type EdgeProcessOptions,
  installLibsql,
  startDenoEdge,
  startDeployEdge,
  startNodeEdge,
  startWorkerdEdge,
} from "./edge_process.ts";
import { type GatewayStub, SENDER_KEY, startGatewayStub } from "./gateway_stub.ts";
import { workerdBinary } from "./workerd.ts";

/**
 * What a worker may weigh, compressed and without models: hosts count it at every cold start. A promise
 * of 150 kB, with a sixth of it kept free.
 */
const WORKER_GZ_BYTES_MAX = 125_000;

const ROW_COUNT = 10_000;
const COLUMN_COUNT = 3;
const READY_TRIES_MAX = 400;

const world = await openWorld();
const built = await Deno.makeTempDir({ prefix: "treeline-edge-" });
const sizes = await buildEdges(built);
globalThis.addEventListener("unload", () => Deno.removeSync(built, { recursive: true }));

/** Rows about the training values, and numbers that engines might treat apart. */
function scoredRows(): Float32Array<ArrayBuffer> {
  const { data } = bellRows(ROW_COUNT, COLUMN_COUNT, 5);
  const rows = data.map((value, index) => index % COLUMN_COUNT === 0 ? 32 + 3 * value : value);
  rows.set([1e-45, -3.4028234663852886e38, 1e-38, -0, 0, 3.4e38]);
  return new Float32Array(rows);
}

async function scored(ask: (path: string, init: RequestInit) => Promise<Response>, key: string) {
  const response = await ask(`/v1/score?model=${world.modelId}&explain=true`, {
    method: "POST",
    body: scoredRows(),
    headers: { "content-type": "application/octet-stream", "x-api-key": key },
  });
  const text = await response.text();
  assertEquals(response.status, 200, text.slice(0, 500));
  return text;
}

/** What the app says in this process. */
async function scoredHere(): Promise<string> {
  let text = "";
  await atSite(async ({ open }) => {
    const edge: StandaloneEdge = open();
    await edge.refreshAssignments();
    text = await scored(async (path, init) => await edge.app.request(path, init), KEY);
  });
  return text;
}

type Start = (options: EdgeProcessOptions) => Promise<EdgeProcess>;

interface Runtime {
  readonly name: string;
  /** What is not installed. */
  readonly missing?: string;
  readonly start: Start;
  readonly isDurable: boolean;
}

const RUNTIMES: readonly Runtime[] = [
  { name: "deno task edge", start: startDenoEdge, isDurable: true },
  { name: "Deno Deploy's module", start: startDeployEdge, isDurable: false },
  {
    name: "Node",
    missing: await isInstalled("node") ? undefined : "node is not installed",
    start: async (options) => {
      await installLibsql(options.built);
      return await startNodeEdge(options);
    },
    isDurable: true,
  },
  {
    name: "workerd with a Durable Object",
    missing: workerdBinary
      ? undefined
      : "workerd is not installed (npm install --ignore-scripts workerd)",
    start: (options) => startWorkerdEdge(workerdBinary ?? "", options),
    isDurable: true,
  },
];

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

function test(name: string, { missing }: Pick<Runtime, "missing">, work: () => Promise<void>) {
  if (missing === undefined) Deno.test(name, work);
  else Deno.test.ignore(`${name} (skipped as ${missing})`, () => {});
}

async function withEdge(
  work: (stub: GatewayStub, start: (runtime: Runtime) => Promise<EdgeProcess>) => Promise<void>,
): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "treeline-edge-data-" });
  try {
    await using stub = await startGatewayStub();
    const { settings } = stub;
    await work(stub, ({ start }) => start({ built, data, settings }));
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

/** Until it has its assignments, which an object that nobody asks never fetches. */
async function untilReady({ url }: EdgeProcess): Promise<void> {
  for (let tries = 0; tries < READY_TRIES_MAX; tries++) {
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The edge was not ready in ten seconds");
}

async function send({ url }: EdgeProcess, points: readonly TelemetryPoint[]) {
  const response = await fetch(`${url}/v1/telemetry`, {
    method: "POST",
    body: JSON.stringify({ points }),
    headers: { "content-type": "application/json", "x-api-key": SENDER_KEY },
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("the worker bundle is small enough for every host", () => {
  const worker = sizes.find(({ name }) => name === "worker.js");
  assert(worker !== undefined && worker.gzBytes < WORKER_GZ_BYTES_MAX, JSON.stringify(sizes));
});

Deno.test("the worker holds the methods of its registry, other bundles all of them", async () => {
  for (const [name, hasAll] of [["worker.js", false], ["node.mjs", true], ["browser.js", true]]) {
    const text = await Deno.readTextFile(`${built}/${name}`);
    const isThere = (method: string) => text.includes(`name:"${method}"`);
    assertEquals(["series_novelty", "one_class_svm"].map(isThere), [true, hasAll], `${name}`);
  }
});

for (const runtime of RUNTIMES) {
  test(
    `X1: ${runtime.name} scores 10,000 rows over HTTP to the bits of this process`,
    runtime,
    () =>
      withEdge(async (_stub, start) => {
        await using edge = await start(runtime);
        await untilReady(edge);
        const text = await scored((path, init) => fetch(edge.url + path, init), SENDER_KEY);
        assertEquals(JSON.parse(text).verdicts.length, ROW_COUNT);
        assert(text === await scoredHere(), "its verdicts differ");
      }),
  );
}

for (const runtime of RUNTIMES.filter(({ isDurable }) => isDurable)) {
  test(
    `X3: ${runtime.name} goes on after a kill, and tells what an uncut edge tells`,
    runtime,
    () =>
      withEdge(async ({ gateway }, start) => {
        {
          await using edge = await start(runtime);
          await untilReady(edge);
          gateway.isAway = true;
          assertEquals((await send(edge, STREAM.slice(0, 196))).body.accepted, 196);
        }
        await using edge = await start(runtime);
        const again = await send(edge, STREAM.slice(190));
        assertEquals(again.body, { accepted: 204, late: 0, duplicates: 6, refused: [] });
        gateway.isAway = false;
        const wanted = told(await uncut());
        for (let tries = 0; told(gateway.items).points.length < wanted.points.length; tries++) {
          assert(tries < 2 * READY_TRIES_MAX, "it has not synced in time");
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assertEquals(told(gateway.items), JSON.parse(JSON.stringify(wanted)));
      }),
  );
}

for (const runtime of RUNTIMES.filter(({ name }) => !name.startsWith("workerd"))) {
  test(
    `${runtime.name} keeps telemetry in memory where it is told to, says so, and syncs`,
    runtime,
    () =>
      withEdge(async ({ gateway, settings }, _start) => {
        const data = await Deno.makeTempDir({ prefix: "treeline-edge-none-" });
        await using edge = await runtime.start({
          built,
          data: `${data}/none`,
          settings: { ...settings, TREELINE_EDGE_VOLATILE_MB: "16" },
        });
        await untilReady(edge);
        const response = await fetch(`${edge.url}/v1/telemetry`, {
          method: "POST",
          body: JSON.stringify({ points: STREAM }),
          headers: { "content-type": "application/json", "x-api-key": SENDER_KEY },
        });
        assertEquals((await response.json()).accepted, STREAM.length);
        assertEquals(response.headers.get("treeline-storage"), "volatile");
        const asked = await fetch(`${edge.url}/v1/status`, {
          headers: { "x-api-key": SENDER_KEY },
        });
        const { storage } = await asked.json();
        assertEquals([storage.isDurable, storage.bytesMax], [false, 16 * 1024 ** 2]);
        const incidents = await fetch(`${edge.url}/v1/incidents`, {
          headers: { "x-api-key": SENDER_KEY },
        });
        assert((await incidents.json()).incidents.length >= 3);
        const wanted = told(await uncut());
        for (let tries = 0; told(gateway.items).points.length < wanted.points.length; tries++) {
          assert(tries < 2 * READY_TRIES_MAX, "it has not synced in time");
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assertEquals(told(gateway.items), JSON.parse(JSON.stringify(wanted)));
        assertEquals([...Deno.readDirSync(data)], []);
        await Deno.remove(data);
      }),
  );
}

for (const runtime of RUNTIMES.filter(({ isDurable }) => !isDurable)) {
  test(
    `${runtime.name} keeps nothing, and says so`,
    runtime,
    () =>
      withEdge(async (_stub, start) => {
        await using edge = await start(runtime);
        const { status, body } = await send(edge, STREAM.slice(0, 3));
        assertEquals([status, body.code], [503, "NO_DURABLE_STORE"]);
      }),
  );
}

const chromium = {
  missing: chromiumBinary
    ? undefined
    : "Chromium is not installed (apt-get install chromium, or name it in CHROMIUM)",
};

const PAGE_MAIN = `
import { openScorer } from "./browser.js";
const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
const options = { bundle: await bytes("bundle"), tenantId: TENANT, publicKeys: [await bytes("key")] };
const scorer = await openScorer(options);
const rows = new Float32Array((await bytes("rows")).buffer);
const verdicts = scorer.score(rows, { explain: true });
await fetch("output", { method: "POST", body: JSON.stringify(verdicts) });
`;

test("X1: Chromium scores 10,000 rows to the bits of this process", chromium, async () => {
  const folder = await Deno.makeTempDir({ prefix: "treeline-page-" });
  try {
    await Deno.copyFile(`${built}/browser.js`, `${folder}/browser.js`);
    const main = PAGE_MAIN.replace("TENANT", JSON.stringify(TENANT));
    await Deno.writeTextFile(`${folder}/main.js`, main);
    await Deno.writeFile(`${folder}/bundle`, world.bundle);
    await Deno.writeFile(`${folder}/key`, world.publicKey);
    await Deno.writeFile(`${folder}/rows`, new Uint8Array(scoredRows().buffer));
    const verdicts = JSON.parse(
      new TextDecoder().decode(await answerOfPage(chromiumBinary ?? "", folder)),
    );
    const here = JSON.parse(await scoredHere()).verdicts;
    // A page has no setting: thresholds are the fitted ones, which the world's setting leaves alone.
    const bits = ({ score, tail, contributions }: Told) => [score, tail, contributions];
    assertEquals(verdicts.length, ROW_COUNT);
    assert(JSON.stringify(verdicts.map(bits)) === JSON.stringify(here.map(bits)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

interface Told {
  readonly score: number;
  readonly tail: number;
  readonly contributions: readonly unknown[];
}
