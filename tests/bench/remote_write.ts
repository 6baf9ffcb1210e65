/**
 * Samples per second of Prometheus remote write: 10,000 series in bodies of 2,000 samples. What
 * decoding and mapping alone take, the way up to the verdict, and the whole way over HTTP to the disk of
 * a stand-alone edge and of a gateway.
 */
import process from "node:process";
import { median } from "simple-statistics";
import { SampleBatch, SeriesMemory } from "../../scoring/edge/intake/mod.ts";
import { readWriteRequest } from "../../scoring/edge/wire/prometheus/mod.ts";
import { unsnappy } from "../../scoring/edge/wire/body/snappy.ts";
import { atLeast, type Measure, told } from "./measure.ts";
import {
  BODIES_PER_SCRAPE,
  METRICS_WATCHED,
  postBodies,
  SAMPLES_PER_BODY,
  SCRAPE_MS,
  scrapeBodies,
} from "./remote_write_load.ts";
import { openPipeline } from "./remote_write_pipeline.ts";
import { type Side, startSide } from "./side.ts";

/** Twice what an edge takes until it has moved the points of every series. */
const ROUNDS = 8;
/** Two minutes of event time: each device's watched metrics are judged twice. */
const SCRAPES_PER_ROUND = 8;
/** A day and a bit of one watched scrape a minute, for the seasonal features of the models. */
const HISTORY_SCRAPES = 1_500;
const MINUTE_MS = 60_000;

/** Runs the bench; takes about four minutes. */
export async function measureRemoteWrite(): Promise<Measure[]> {
  const decoding = measureDecoding();
  const judged = await measureVerdicts();
  const edge = await measureSide("ingest_remote_write_edge.ts");
  const gateway = await measureSide("ingest_remote_write.ts");
  return [
    told("remote write, decoded and mapped", decoding, "samples/CPU s"),
    atLeast("remote write up to the verdict, per core", judged, "samples/CPU s", {
      floor: 100_000,
      goal: 200_000,
    }),
    atLeast("remote write to an edge's disk, per core", edge.perCpuSecond, "samples/CPU s", {
      floor: 100_000,
      goal: 150_000,
    }),
    told("remote write to an edge's disk", edge.perSecond, "samples/s"),
    told("remote write to a gateway's commit, per core", gateway.perCpuSecond, "samples/CPU s"),
    told("remote write to a gateway's commit", gateway.perSecond, "samples/s"),
  ];
}

interface Throughput {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Of all rounds together: an edge moves points to their rows in some of them and not in others. */
async function measureSide(script: string): Promise<Throughput> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const side = await startSide(script, [folder, String(HISTORY_SCRAPES)]);
  try {
    return await runRounds(side);
  } finally {
    await side.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function runRounds(side: Side): Promise<Throughput> {
  const key = side.headers.authorization.replace("Bearer ", "");
  const first = HISTORY_SCRAPES * MINUTE_MS / SCRAPE_MS;
  const total = { samples: 0, seconds: 0, cpuSeconds: 0 };
  for (let round = 0; round <= ROUNDS; round++) {
    const bodies = scrapesFrom(first + round * SCRAPES_PER_ROUND);
    const cpuBefore = await side.cpuSeconds();
    const startedMs = performance.now();
    await postBodies(side.url, key, bodies);
    const seconds = (performance.now() - startedMs) / 1_000;
    const cpuSeconds = await side.cpuSeconds() - cpuBefore;
    // The first round makes the metrics that nobody watches, and warms up.
    if (round === 0) continue;
    total.samples += bodies.length * SAMPLES_PER_BODY;
    total.seconds += seconds;
    total.cpuSeconds += cpuSeconds;
  }
  return {
    perSecond: total.samples / total.seconds,
    perCpuSecond: total.samples / total.cpuSeconds,
  };
}

function scrapesFrom(first: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: SCRAPES_PER_ROUND }, (_, i) => scrapeBodies(first + i, SCRAPE_MS))
    .flat();
}

/** The same behind a day of history, with one verdict a minute for each device. */
async function measureVerdicts(): Promise<number> {
  const pipeline = openPipeline();
  for (let scrape = 0; scrape < HISTORY_SCRAPES; scrape++) {
    for (const body of scrapeBodies(scrape, MINUTE_MS, METRICS_WATCHED)) await pipeline.take(body);
  }
  const first = HISTORY_SCRAPES * MINUTE_MS / SCRAPE_MS;
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const bodies = scrapesFrom(first + round * SCRAPES_PER_ROUND);
    const before = process.cpuUsage();
    for (const body of bodies) await pipeline.take(body);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds.push(bodies.length * SAMPLES_PER_BODY / ((user + system) / 1e6));
  }
  return median(rounds);
}

/** Median of rounds in this process, samples per CPU second. */
function measureDecoding(): number {
  const memory = new SeriesMemory([]);
  const bodies = scrapesFrom(0);
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    let samples = 0;
    for (const body of bodies) {
      const batch = new SampleBatch(memory);
      readWriteRequest(unsnappy(body), batch);
      samples += batch.points.length;
    }
    const { user, system } = process.cpuUsage(before);
    if (samples !== SCRAPES_PER_ROUND * BODIES_PER_SCRAPE * SAMPLES_PER_BODY) {
      throw new Error(`Cannot measure as only ${samples} samples were read`);
    }
    if (round > 0) rounds.push(samples / ((user + system) / 1e6));
  }
  return median(rounds);
}
