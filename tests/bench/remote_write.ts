/**
 * Samples per second of Prometheus remote write: 10,000 series in bodies of 2,000 samples. What
 * decoding and mapping alone take, the way up to the verdict, and the whole way through a gateway's
 * HTTP and its commit.
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

const ROUNDS = 7;
/** Two minutes of event time: each device's watched metrics are judged twice. */
const SCRAPES_PER_ROUND = 8;
/** A day and a bit of one watched scrape a minute, for the seasonal features of the models. */
const HISTORY_SCRAPES = 1_500;
const MINUTE_MS = 60_000;

/** Runs the bench; takes about two minutes. */
export async function measureRemoteWrite(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const decoding = measureDecoding();
  const judged = await measureVerdicts();
  const side = await startSide("ingest_remote_write.ts", [folder, String(HISTORY_SCRAPES)]);
  try {
    const rounds = await runRounds(side);
    return [
      told("remote write, decoded and mapped", decoding, "samples/CPU s"),
      atLeast("remote write up to the verdict, per core", judged, "samples/CPU s", {
        floor: 100_000,
        goal: 200_000,
      }),
      told("remote write to the commit", median(rounds.map((one) => one.perSecond)), "samples/s"),
      told(
        "remote write to the commit, per core",
        median(rounds.map((one) => one.perCpuSecond)),
        "samples/CPU s",
      ),
    ];
  } finally {
    await side.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

interface Round {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

async function runRounds(side: Side): Promise<Round[]> {
  const rounds: Round[] = [];
  const key = side.headers.authorization.replace("Bearer ", "");
  const first = HISTORY_SCRAPES * MINUTE_MS / SCRAPE_MS;
  for (let round = 0; round <= ROUNDS; round++) {
    const bodies = scrapesFrom(first + round * SCRAPES_PER_ROUND);
    const cpuBefore = await side.cpuSeconds();
    const startedMs = performance.now();
    await postBodies(side.url, key, bodies);
    const seconds = (performance.now() - startedMs) / 1_000;
    const cpuSeconds = await side.cpuSeconds() - cpuBefore;
    const samples = bodies.length * SAMPLES_PER_BODY;
    // The first round makes the metrics that nobody watches, and warms up.
    if (round > 0) {
      rounds.push({ perSecond: samples / seconds, perCpuSecond: samples / cpuSeconds });
    }
  }
  return rounds;
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
