/**
 * Requests per CPU second of `POST /v1/score`, against a bare Hono handler and against FastAPI with
 * scikit-learn: interleaved rounds of the same bodies in one run.
 */
import { assertAlmostEquals } from "@std/assert";
import { median } from "simple-statistics";
import { atLeast, type Measure, told } from "./measure.ts";
import {
  BINARY_ROWS,
  DETECTOR,
  drawRows,
  encodeVectors,
  FEATURE_COUNT,
  TRAINING_ROWS,
} from "./score/load.ts";
import { type Side, startProgram, startSide } from "./side.ts";

const ROUNDS = 9;
/** Engines go on compiling what is hot for about twenty thousand requests. */
const WARM_UP_ROUNDS = 10;
/** Requests under way at once: enough that no server waits for the bench. */
const CONCURRENCY = 16;
const HOW_TO_INSTALL = "apt-get install python3-fastapi python3-uvicorn python3-sklearn";

/** What one side is asked in a round. */
interface Load {
  readonly path: string;
  readonly contentType: string;
  readonly bodies: readonly Uint8Array<ArrayBuffer>[];
}

/** Runs the bench; takes one to two minutes. */
export async function measureScore(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const sides: Side[] = [];
  try {
    await Deno.writeFile(`${folder}/train.f32`, new Uint8Array(drawRows(TRAINING_ROWS, 7).buffer));
    const fastapi = await startFastapi(folder);
    if (fastapi) sides.push(fastapi);
    const forest = fastapi ? [`${folder}/forest.json`] : [];
    const edge = await startSide("score/edge_side.ts", [folder, ...forest]);
    sides.push(edge);
    const hono = await startSide("score/hono_side.ts", []);
    sides.push(hono);
    if (fastapi) await checkSameScores(edge, fastapi);
    return await measures(edge, hono, fastapi);
  } finally {
    for (const side of sides) await side.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function measures(edge: Side, hono: Side, fastapi: Side | undefined): Promise<Measure[]> {
  const one = { path: "/v1/score", contentType: "application/json" };
  const json = { ...one, bodies: encodeVectors(2_000) };
  const binary = {
    path: `/v1/score?model=${DETECTOR}:production`,
    contentType: "application/octet-stream",
    bodies: Array.from({ length: 60 }, () => new Uint8Array(drawRows(BINARY_ROWS, 13).buffer)),
  };
  const tries: [Side, Load][] = [[edge, json], [hono, json], [edge, binary]];
  if (fastapi) tries.push([fastapi, { ...one, bodies: encodeVectors(40) }]);
  const [ours, bare, binaries, python] = await rounds(tries);
  const vectorsPerCpuSecond = binaries * BINARY_ROWS;
  return [
    told("score, one JSON vector of 10 features", ours, "requests/CPU s"),
    told("bare Hono handler", bare, "requests/CPU s"),
    atLeast("score / bare Hono", ours / bare, "ratio", { floor: 0.8, goal: 0.9 }),
    ...python === undefined ? [] : [
      told("FastAPI with scikit-learn", python, "requests/CPU s"),
      atLeast("score / FastAPI with scikit-learn", ours / python, "ratio", {
        floor: 50,
        goal: 100,
      }),
    ],
    told("score, f32 body of 1,000 vectors", vectorsPerCpuSecond, "vectors/CPU s"),
  ];
}

/** Median requests per CPU second of each try, in their order. */
async function rounds(tries: readonly (readonly [Side, Load])[]): Promise<number[]> {
  const measured = tries.map((): number[] => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [index, [side, load]] of tries.entries()) {
      const cpuBefore = await side.cpuSeconds();
      await sendAll(side, load);
      const perCpuSecond = load.bodies.length / (await side.cpuSeconds() - cpuBefore);
      if (round >= 0) measured[index].push(perCpuSecond);
    }
  }
  return measured.map((each) => median(each));
}

async function sendAll(side: Side, load: Load): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    while (next < load.bodies.length) await send(side, load, load.bodies[next++]);
  }));
}

async function send(
  { name, url, headers }: Side,
  { path, contentType }: Load,
  body: Uint8Array<ArrayBuffer>,
): Promise<number> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { ...headers, "content-type": contentType },
    body,
  });
  const { verdicts } = await response.json();
  if (response.status === 200) return verdicts[0].score;
  throw new Error(`Cannot measure ${name} as it answered ${response.status}`);
}

/** Both judge by the same forest. */
async function checkSameScores(edge: Side, fastapi: Side): Promise<void> {
  const bodies = encodeVectors(20);
  const load = { path: "/v1/score", contentType: "application/json", bodies };
  for (const body of bodies) {
    assertAlmostEquals(await send(edge, load, body), await send(fastapi, load, body), 1e-6);
  }
}

/** `undefined`, and a word about it, where no Python has what the peer needs. */
async function startFastapi(folder: string): Promise<Side | undefined> {
  const script = new URL("score/fastapi_side.py", import.meta.url).pathname;
  // A Python of one's own often hides the system's, which has Debian's packages.
  for (const python of ["python3", "/usr/bin/python3"]) {
    if (!await canImport(python)) continue;
    return await startProgram("FastAPI", python, [script, folder, String(FEATURE_COUNT)]);
  }
  console.error(`FastAPI with scikit-learn is not measured: ${HOW_TO_INSTALL}`);
  return undefined;
}

async function canImport(python: string): Promise<boolean> {
  const args = ["-c", "import fastapi, uvicorn, sklearn"];
  try {
    return (await new Deno.Command(python, { args, stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
