/**
 * The forest engine against its peers: the same rows, 100 trees of 256 rows, one thread, CPU time,
 * rounds of all sides in turn. Each side is a process of its own in `forest/`.
 */
import { createRandom } from "../../scoring/numeric/mod.ts";
import { atLeast, type Measure, median, told } from "./measure.ts";

const ROUNDS = 5;
const ROW_COUNT = 100_000;
const COLUMNS = [4, 10, 30] as const;

/** What is asked of a side, and of what name. */
interface Ask {
  readonly op: string;
  readonly rows: number;
  readonly calls: number;
}

interface Side {
  readonly ask: (command: Ask) => Promise<Answer>;
  readonly load: (folder: string, columns: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly cpuSeconds: number;
  readonly figures: readonly number[];
}

type PeerName = "engine" | "sklearn" | "onnx" | "ml_isolation_forest";

const HOW_TO_INSTALL: Readonly<Record<PeerName, string>> = {
  engine: "",
  sklearn: "apt-get install python3-sklearn",
  onnx: "deno install npm:onnxruntime-web@1.30.0",
  ml_isolation_forest: "deno install npm:ml-isolation-forest@0.1.0",
};

/** Runs the bench; takes about three minutes. A peer that is missing is named on stderr. */
export async function measureForest(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const sides = new Map<PeerName, Side>();
  try {
    for (const columns of COLUMNS) await writeData(folder, columns);
    for (const name of ["engine", "sklearn", "onnx", "ml_isolation_forest"] as const) {
      const side = await startSide(name, folder);
      if (side) sides.set(name, side);
      else console.error(`${name} is not measured: ${HOW_TO_INSTALL[name]}`);
    }
    const measures: Measure[] = [];
    for (const columns of COLUMNS) {
      for (const side of sides.values()) await side.load(folder, columns);
      measures.push(...await measureBatches(sides, columns));
      if (columns === 10) measures.push(...await measureOthers(sides, folder));
    }
    return measures;
  } finally {
    for (const side of sides.values()) await side.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

type Sides = ReadonlyMap<PeerName, Side>;

/** Least ratios of CPU time that are accepted, and those aimed at. */
interface Wanted {
  readonly floor: number;
  readonly goal: number;
}

const BATCH_SKLEARN: Readonly<Record<number, Wanted>> = {
  4: { floor: 100, goal: 120 },
  10: { floor: 93, goal: 115 },
  30: { floor: 72, goal: 95 },
};

const BATCH_ONNX: Readonly<Record<number, Wanted>> = {
  4: { floor: 33, goal: 40 },
  10: { floor: 29, goal: 36 },
  30: { floor: 22, goal: 30 },
};

async function measureBatches(sides: Sides, columns: number): Promise<Measure[]> {
  const batch = { op: "score", rows: ROW_COUNT, calls: 1 };
  const times = await interleaved(sides, {
    engine: [{ ...batch, calls: 4 }, { ...batch, op: "plain" }],
    sklearn: [batch],
    onnx: [batch],
    ml_isolation_forest: columns === 10 ? [{ ...batch, rows: 20_000, calls: 2 }] : [],
  });
  const [engine, plain] = times.engine;
  const d = `d = ${columns}`;
  const measures = [
    told(`batch of 100,000, ${d}`, nanoseconds(engine), "ns per row and tree"),
    told(`batch of 100,000 in plain TypeScript, ${d}`, nanoseconds(plain), "ns per row and tree"),
  ];
  if (sides.has("sklearn")) {
    const sklearn = times.sklearn[0];
    measures.push(
      ratio(`batch against scikit-learn, ${d}`, sklearn, engine, BATCH_SKLEARN[columns]),
      ratio(`plain TypeScript batch against scikit-learn, ${d}`, sklearn, plain, {
        floor: 14,
        goal: 16,
      }),
    );
  }
  if (sides.has("onnx")) {
    measures.push(
      ratio(`batch against onnxruntime-web, ${d}`, times.onnx[0], engine, BATCH_ONNX[columns]),
    );
  }
  if (sides.has("ml_isolation_forest") && columns === 10) {
    const ml = times.ml_isolation_forest[0];
    measures.push(
      ratio(`batch against ml-isolation-forest, ${d}`, ml, engine, { floor: 100, goal: 120 }),
    );
  }
  return measures;
}

/** Small batches, single events, fits and explanations, at ten columns. */
async function measureOthers(sides: Sides, folder: string): Promise<Measure[]> {
  const times = await interleaved(sides, {
    engine: [
      { op: "score", rows: ROW_COUNT, calls: 2 },
      { op: "score", rows: 1000, calls: 200 },
      { op: "score", rows: 64, calls: 2000 },
      { op: "fit", rows: 10_000, calls: 50 },
      { op: "fit", rows: 100_000, calls: 50 },
      { op: "row", rows: 1, calls: 200_000 },
      { op: "explain", rows: 1, calls: 100_000 },
      { op: "shap", rows: 1, calls: 2000 },
    ],
    sklearn: [
      { op: "score", rows: 64, calls: 20 },
      { op: "fit", rows: 10_000, calls: 5 },
      { op: "fit", rows: 100_000, calls: 5 },
    ],
    onnx: [],
    ml_isolation_forest: [],
  });
  const [large, thousand, few, fit10, fit100, row, explain, shap] = times.engine;
  const measures = [
    atMost("batch of 1,000, per row, against 100,000", over(thousand, large), "ratio", 1.15, 1.1),
    told("fit on 10,000 rows", 1000 * median(fit10), "ms"),
    told("fit on 100,000 rows", 1000 * median(fit100), "ms"),
    atMost("path attribution against one score", over(explain, row), "ratio", 1.8, 1.5),
    atMost("Shapley values against one score", over(shap, row), "ratio", 120, 80),
  ];
  if (sides.has("sklearn")) {
    const [sklearnFew, sklearn10, sklearn100] = times.sklearn;
    measures.push(
      ratio("batch of 64 against scikit-learn", sklearnFew, few, { floor: 450, goal: 560 }),
      ratio("fit on 10,000 rows against scikit-learn", sklearn10, fit10, { floor: 65, goal: 80 }),
      ratio("fit on 100,000 rows against scikit-learn", sklearn100, fit100, {
        floor: 105,
        goal: 130,
      }),
    );
  }
  return [...measures, ...await measureEvents(sides, folder)];
}

async function measureEvents(sides: Sides, folder: string): Promise<Measure[]> {
  const engine = sides.get("engine");
  if (!engine) return [];
  await engine.ask({ op: "event", rows: 1, calls: 100_000 });
  const { figures: [middle, late] } = await engine.ask({ op: "event", rows: 1, calls: 800_000 });
  const { figures: [verdictMs, batchMs] } = await engine.ask({ op: "cold", rows: 1, calls: 101 });
  const { figures: [error] } = await engine.ask({ op: "error", rows: 1, calls: 1 });
  return [
    atMost("one event, median", middle, "µs", 1, 0.8),
    atMost("one event, 99th percentile", late, "µs", 1.3, 1),
    atMost("bundle to first verdict, warm", verdictMs, "ms", 1, 0.75),
    atMost("bundle to first batch, warm", batchMs, "ms", 3, 2),
    atMost("bundle to first batch, first of a process", await firstBatchMs(folder), "ms", 20, 10),
    atMost("greatest difference from an f64 reference", error, "score", 1e-6, 4e-7),
  ];
}

/** Median over fresh processes. */
async function firstBatchMs(folder: string): Promise<number> {
  const script = new URL("forest/cold_start.ts", import.meta.url).pathname;
  const batchMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script, folder, "10"],
    }).output();
    batchMs.push(JSON.parse(new TextDecoder().decode(stdout))[1]);
  }
  return median(batchMs);
}

/** CPU seconds per call of all that is asked, by side; the first round warms up. */
async function interleaved(
  sides: Sides,
  asks: Readonly<Record<PeerName, readonly Ask[]>>,
): Promise<Record<PeerName, number[][]>> {
  const times: Record<PeerName, number[][]> = {
    engine: [],
    sklearn: [],
    onnx: [],
    ml_isolation_forest: [],
  };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, side] of sides) {
      for (const [index, ask] of asks[name].entries()) {
        const { cpuSeconds } = await side.ask(ask);
        if (round > 0) (times[name][index] ??= []).push(cpuSeconds / ask.calls * perRow(ask));
      }
    }
  }
  return times;
}

/** Scores are told per row, whatever a call's rows; all else per call. */
function perRow({ op, rows }: Ask): number {
  return op === "score" || op === "plain" ? 1 / rows : 1;
}

/** Median of the rounds' ratios, as what disturbs a round disturbs both sides. */
function over(slow: readonly number[], fast: readonly number[]): number {
  return median(slow.map((seconds, round) => seconds / fast[round]));
}

function ratio(
  measure: string,
  peer: readonly number[],
  engine: readonly number[],
  wanted: Wanted,
): Measure {
  return atLeast(measure, over(peer, engine), "times", wanted);
}

/** A figure where less is better; floor is the most that is accepted. */
function atMost(
  measure: string,
  value: number,
  unit: string,
  floor: number,
  goal: number,
): Measure {
  return { measure, value: Number(value.toPrecision(4)), unit, floor, goal, ok: value <= floor };
}

function nanoseconds(secondsPerRow: readonly number[]): number {
  return median(secondsPerRow) * 1e9 / 100;
}

/** Correlated bell-shaped rows, one in a hundred of them shifted in some columns. */
async function writeData(folder: string, columns: number): Promise<void> {
  for (const [name, seed] of [["train", 1], ["rows", 2]] as const) {
    const random = createRandom(seed * 1000 + columns);
    const bell = () => random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5;
    const data = new Float32Array(ROW_COUNT * columns);
    for (let row = 0; row < ROW_COUNT; row++) {
      const common = bell();
      const shift = random.below(100) === 0 ? 3 : 0;
      for (let column = 0; column < columns; column++) {
        const shifted = random.below(3) === 0 ? shift : 0;
        data[row * columns + column] = common + 2 * bell() + shifted;
      }
    }
    await Deno.writeFile(`${folder}/${name}-${columns}.f32`, new Uint8Array(data.buffer));
  }
}

/** Starts a side and has it load once; `undefined` when it cannot. */
async function startSide(name: PeerName, folder: string): Promise<Side | undefined> {
  const script = (file: string) => new URL(`forest/${file}`, import.meta.url).pathname;
  const attempts: [string, string[]][] = name === "sklearn"
    // A Python of one's own often hides the system's, which has Debian's packages.
    ? [["python3", [script("sklearn_peer.py")]], ["/usr/bin/python3", [script("sklearn_peer.py")]]]
    : [[Deno.execPath(), ["run", "-A", "--no-check", script(`${name}_peer.ts`)]]];
  for (const [command, args] of attempts) {
    try {
      const side = spawnSide(command, args);
      await side.load(folder, COLUMNS[0]);
      return side;
    } catch (error) {
      if (!(error instanceof MissingPeerError || error instanceof Deno.errors.NotFound)) {
        throw error;
      }
    }
  }
  return undefined;
}

/** A peer's process that ended without an answer. */
class MissingPeerError extends Error {}

function spawnSide(command: string, args: string[]): Side {
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  async function ask(command: object): Promise<Answer> {
    await input.write(new TextEncoder().encode(JSON.stringify(command) + "\n")).catch(() => {});
    while (!text.includes("\n")) {
      const { value, done } = await output.read();
      if (done) throw new MissingPeerError(`Cannot measure as ${args.at(-1)} has ended`);
      text += value;
    }
    const end = text.indexOf("\n");
    const answer: Answer = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    return answer;
  }

  return {
    ask,
    load: async (folder, columns) => {
      await ask({ op: "load", folder, columns, rows: 1, calls: 1 });
    },
    stop: async () => {
      await input.close().catch(() => {});
      await output.cancel().catch(() => {});
      await child.status;
    },
  };
}
