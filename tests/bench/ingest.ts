/**
 * Points per second through HTTP, alignment, features, forest, incidents and commit, against the bare
 * ingest peer: interleaved rounds of the same bodies in one run.
 */
import { encodeBodies, minutesOf, POINTS_PER_BODY } from "./ingest_load.ts";
import { atLeast, type Measure, median, told } from "./measure.ts";
import { type Side, startSide } from "./side.ts";

const ROUNDS = 7;
const BODIES_PER_ROUND = 60;
/** What both have stored before: more than a day, for the seasonal features of the models. */
const HISTORY_BODIES = 800;

interface Round {
  readonly pointsPerSecond: number;
  readonly pointsPerCpuSecond: number;
}

/** Runs the bench; takes about a minute. */
export async function measureIngest(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const sides: Side[] = [];
  try {
    for (const name of ["peer", "gateway"]) {
      sides.push(await startSide(name, [folder, String(HISTORY_BODIES)]));
    }
    const [peer, gateway] = await rounds(sides);
    return [
      told("bare ingest peer", peer.pointsPerSecond, "points/s"),
      told("ingest pipeline", gateway.pointsPerSecond, "points/s"),
      atLeast(
        "ingest pipeline / bare peer",
        gateway.pointsPerSecond / peer.pointsPerSecond,
        "ratio",
        { floor: 0.4, goal: 0.6 },
      ),
      told("bare ingest peer per core", peer.pointsPerCpuSecond, "points/CPU s"),
      told("ingest pipeline per core", gateway.pointsPerCpuSecond, "points/CPU s"),
      told(
        "ingest pipeline / bare peer per core",
        gateway.pointsPerCpuSecond / peer.pointsPerCpuSecond,
        "ratio",
      ),
    ];
  } finally {
    for (const side of sides) await side.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Medians by side, in the order of the sides. */
async function rounds(sides: readonly Side[]): Promise<Round[]> {
  const measured = sides.map((): Round[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    const from = minutesOf(HISTORY_BODIES + round * BODIES_PER_ROUND);
    const bodies = encodeBodies(from, BODIES_PER_ROUND);
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
