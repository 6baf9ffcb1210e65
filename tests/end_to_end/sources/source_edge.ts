import { assert } from "@std/assert";
import { openSqlite } from "../../../scoring/edge/platform/deno.ts";
import { KeptPoints } from "../../../scoring/edge/standalone/store/mod.ts";
import { freePort } from "../free_port.ts";
import { delay } from "../sender.ts";
import { countTo } from "../senders/receiver.ts";
import { type RunningTask, startTask } from "../task_process.ts";
import { startStubGateway } from "./stub_gateway.ts";

const SENDER_KEY = "q4Jt9ZxW1mB7uLr2Vd8KcYp5NfHs3AeG";
const ARRIVAL_MS_MAX = 20_000;

/** Event time of the first value; each value is a minute later, so that a swap of two shows as late. */
export const START = Date.UTC(2026, 5, 1);
export const MINUTE_MS = 60_000;

/** Source settings of the edge under test, as in a file. */
export type SourceSettings = Readonly<Record<string, unknown>>;

/** What an edge's file holds when the edge has ended. */
export interface KeptBySources {
  /** By event time. */
  readonly values: readonly number[];
  /** Points that came behind later ones. */
  readonly lateCount: number;
  /** In the order in which they came. */
  readonly deadLetters: readonly { readonly code: string; readonly body: string }[];
}

/** An edge as a process of its own, with a source and a gateway that only listens. */
export interface SourceEdge extends AsyncDisposable {
  readonly folder: string;
  start(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end; gives how long that took, ms. */
  stop(): Promise<number>;
  /** Its own account of its first source. */
  status(): Promise<SourceAccount>;
  /** What it has written to its log. */
  log(): string;
  /** Waits until so many different values have arrived. */
  untilArrived(count: number): Promise<void>;
  /** What its file holds; it must have ended. */
  kept(): KeptBySources;
  /** An answer of the edge. */
  ask(path: string): Promise<Response>;
}

export interface SourceAccount {
  readonly state: string;
  readonly error: string | null;
  readonly messages: number;
  readonly deadLetters: number;
  readonly duplicates: number;
}

export async function createSourceEdge(
  ...sources: readonly SourceSettings[]
): Promise<SourceEdge> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-source-" });
  const gateway = startStubGateway();
  const port = freePort();
  await Deno.writeTextFile(`${folder}/sources.json`, JSON.stringify({ sources }));
  const settings = {
    TREELINE_GATEWAY_URL: gateway.url,
    TREELINE_EDGE_KEY: SENDER_KEY,
    TREELINE_TRUSTED_KEYS: new Uint8Array(32).toBase64(),
    TREELINE_SENDER_KEY: SENDER_KEY,
    TREELINE_EDGE_DATA: folder,
    TREELINE_EDGE_PORT: String(port),
  };
  let task: RunningTask | undefined;
  let log: readonly string[] = [];
  const end = async (signal: Deno.Signal) => {
    task?.kill(signal);
    await task?.ended;
    task = undefined;
  };
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-api-key": SENDER_KEY } });
  return {
    folder,
    ask,
    start: async () => {
      task = startTask("edge", ["--sources", `${folder}/sources.json`], settings);
      log = task.lines;
      await task.waitFor(/listens on/);
    },
    kill: () => end("SIGKILL"),
    stop: async () => {
      const startedAt = performance.now();
      await end("SIGTERM");
      return performance.now() - startedAt;
    },
    status: async () => (await (await ask("/v1/status")).json()).sources[0],
    log: () => log.join("\n"),
    untilArrived: (count) =>
      until(
        () => Promise.resolve(gateway.values().size >= count),
        () => `lacks ${countTo(count).filter((value) => !gateway.values().has(value))}`,
      ),
    kept: () => keptIn(folder),
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      await gateway[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function keptIn(folder: string): KeptBySources {
  const database = openSqlite(`${folder}/edge.db`);
  try {
    const kept = new KeptPoints(database);
    const points = database.all("select distinct device_id from series")
      .flatMap(({ device_id }) => kept.listWithin(String(device_id), 0, Number.MAX_SAFE_INTEGER))
      .sort((left, right) => left.at - right.at);
    const letters = database.all("select code, body from source_dead_letters order by id");
    return {
      values: points.map(({ value }) => value),
      lateCount: points.filter(({ late }) => late).length,
      deadLetters: letters.map(({ code, body }) => ({ code: String(code), body: String(body) })),
    };
  } finally {
    database.close();
  }
}

/** Waits until something holds, and not for ever. */
export async function until(
  holds: () => Promise<boolean>,
  found: () => string = () => "what was waited for did not come",
): Promise<void> {
  const deadline = Date.now() + ARRIVAL_MS_MAX;
  while (!await holds()) {
    assert(Date.now() < deadline, found());
    await delay(50);
  }
}

/** Waits until the edge's source is in a state. */
export async function untilState(edge: SourceEdge, state: string): Promise<void> {
  let found: SourceAccount | undefined;
  await until(
    async () => {
      found = await edge.status().catch(() => undefined);
      return found?.state === state;
    },
    () => JSON.stringify(found),
  );
}

/** Values from..from+count as points of "level" in JSON, each in its minute. */
export function pointsOf(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const value = from + index;
    return JSON.stringify({
      device: "boiler",
      metric: "level",
      at: START + value * MINUTE_MS,
      value,
    });
  });
}
