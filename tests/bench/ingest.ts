/**
 * Points per second through HTTP, alignment, features, forest, incidents and commit, against the bare
 * ingest peer: interleaved rounds of the same bodies in one run.
 */
import {
  encodeBodies,
  LOAD_START,
  MINUTE_MS,
  POINTS_PER_BODY,
  type Reports,
  spanOf,
} from "./ingest_load.ts";
import { median } from "simple-statistics";
import { atLeast, type Measure, told } from "./measure.ts";
import { type Side, startSide } from "./side.ts";

const ROUNDS = 7;
const BODIES_PER_ROUND = 60;
/** What both have stored before: more than a day, for the seasonal features of the models. */
const HISTORY_BODIES = 800;

type Wanted = Parameters<typeof atLeast>[3];

interface Round {
  readonly pointsPerSecond: number;
  readonly pointsPerCpuSecond: number;
}

/** Buckets are a minute wide. */
const LOADS = [
  { name: "a report every 15 s", everyMs: 15_000, wanted: { floor: 0.4, goal: 0.6 } },
  // The worst there is: each point closes a bucket, so that each report is scored.
  { name: "a report every minute", everyMs: MINUTE_MS, wanted: { floor: 0.4, goal: 0.6 } },
] as const;

/** Runs the bench; takes about a minute. */
export async function measureIngest(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const sides: Side[] = [];
  try {
    for (const name of ["peer", "gateway"]) {
      sides.push(await startSide(`ingest_${name}.ts`, [folder, String(HISTORY_BODIES)]));
    }
    const measures: Measure[] = [];
    let from = LOAD_START + spanOf(HISTORY_BODIES, MINUTE_MS);
    for (const { name, everyMs, wanted } of LOADS) {
      const [peer, gateway] = await rounds(sides, { from, everyMs });
      measures.push(...measuresOf(name, wanted, peer, gateway));
      from += spanOf((ROUNDS + 1) * BODIES_PER_ROUND, everyMs);
    }
    return measures;
  } finally {
    for (const side of sides) await side.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function measuresOf(load: string, wanted: Wanted, peer: Round, gateway: Round): Measure[] {
  const ratio = gateway.pointsPerSecond / peer.pointsPerSecond;
  const ratioPerCore = gateway.pointsPerCpuSecond / peer.pointsPerCpuSecond;
  return [
    told(`bare ingest peer, ${load}`, peer.pointsPerSecond, "points/s"),
    told(`ingest pipeline, ${load}`, gateway.pointsPerSecond, "points/s"),
    atLeast(`pipeline / peer, ${load}`, ratio, "ratio", wanted),
    told(`pipeline / peer per core, ${load}`, ratioPerCore, "ratio"),
    told(`ingest pipeline per core, ${load}`, gateway.pointsPerCpuSecond, "points/CPU s"),
  ];
}

/** Medians by side, in the order of the sides. */
async function rounds(sides: readonly Side[], { from, everyMs }: Reports): Promise<Round[]> {
  const measured = sides.map((): Round[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    const start = from + spanOf(round * BODIES_PER_ROUND, everyMs);
    const bodies = encodeBodies({ from: start, everyMs }, BODIES_PER_ROUND);
    for (const [index, side] of sides.entries()) {
      const result = await runRound(side, bodies);
      // The first round warms both up.
      if (round > 0) measured[index].push(result);
    }
  }
  return measured.map((results) => ({
    pointsPerSecond: median(results.map((one) => one.pointsPerSecond)),
    pointsPerCpuSecond: median(results.map((one) => one.pointsPerCpuSecond)),
  }));
}

async function runRound(
  side: Side,
  bodies: readonly Uint8Array<ArrayBuffer>[],
): Promise<Round> {
  const { name, url, headers } = side;
  const cpuBefore = await side.cpuSeconds();
  const startedMs = performance.now();
  for (const body of bodies) {
    const response = await fetch(`${url}/v1/telemetry`, { method: "POST", headers, body });
    const { accepted } = await response.json();
    if (accepted !== POINTS_PER_BODY) {
      throw new Error(`Cannot measure ${name} as it accepted ${accepted} points of a request`);
    }
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const points = bodies.length * POINTS_PER_BODY;
  return {
    pointsPerSecond: points / seconds,
    pointsPerCpuSecond: points / (await side.cpuSeconds() - cpuBefore),
  };
}
