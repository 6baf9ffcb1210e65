/**
 * The forest engine against its peers: the same rows, 100 trees of 256 rows, one thread, CPU time,
 * rounds of all sides in turn. Each side is a process of its own in `forest/`.
 */
import { ROW_COUNT, writeData } from "./forest/data.ts";
import { measureResident } from "./forest/resident_models.ts";
import { type Ask, HOW_TO_INSTALL, type PeerName, type Side, startSide } from "./forest/side.ts";
import { median } from "simple-statistics";
import { atLeast, type Measure, told } from "./measure.ts";

const ROUNDS = 5;
const COLUMNS = [4, 10, 30] as const;

/** Runs the bench; takes about three minutes. A peer that is missing is named on stderr. */
export async function measureForest(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-bench-" });
  const sides = new Map<PeerName, Side>();
  try {
    for (const columns of COLUMNS) await writeData(folder, columns);
    for (const name of ["engine", "sklearn", "onnx", "ml_isolation_forest"] as const) {
      const side = await startSide(name, folder, COLUMNS[0]);
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
      { op: "heavy", rows: ROW_COUNT, calls: 2 },
    ],
    sklearn: [
      { op: "score", rows: 64, calls: 20 },
      { op: "fit", rows: 10_000, calls: 5 },
      { op: "fit", rows: 100_000, calls: 5 },
    ],
    onnx: [],
    ml_isolation_forest: [],
  });
  const [large, thousand, few, fit10, fit100, row, explain, shap, heavy] = times.engine;
  const measures = [
    atMost("batch of 1,000, per row, against 100,000", over(thousand, large), "ratio", 1.15, 1.1),
    atMost("batch of heavy-tailed values against others", over(heavy, large), "ratio", 2, 1.5),
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
  return [...measures, ...await measureEvents(sides, folder), ...await measureMemory(folder)];
}

async function measureEvents(sides: Sides, folder: string): Promise<Measure[]> {
  const engine = sides.get("engine");
  if (!engine) return [];
  await engine.ask({ op: "event", rows: 1, calls: 100_000 });
  const { figures: [middle, late, clock] } = await engine.ask({
    op: "event",
    rows: 1,
    calls: 1_000_000,
  });
  const { figures: [verdictMs, batchMs] } = await engine.ask({ op: "cold", rows: 1, calls: 101 });
  const { figures: [error] } = await engine.ask({ op: "error", rows: 1, calls: 1 });
  return [
    told("a reading of the clock, which is taken off each event", clock, "µs"),
    atMost("one event, median", middle, "µs", 1, 0.8),
    atMost("one event, 99th percentile", late, "µs", 1.3, 1),
    atMost("bundle to first verdict, warm", verdictMs, "ms", 1, 0.75),
    atMost("bundle to first batch, warm", batchMs, "ms", 3, 2),
    atMost("bundle to first batch, first of a process", await firstBatchMs(folder), "ms", 20, 10),
    atMost("greatest difference from an f64 reference", error, "score", 1e-6, 4e-7),
  ];
}

async function measureMemory(folder: string): Promise<Measure[]> {
  const { peak, scratch, tables, explainedTables } = await measureResident(folder, 10);
  return [
    atMost("peak of a process with 1,000 models in use", peak, "MB", 600, 600),
    atMost("scratch of an engine", scratch, "MB", 1, 1),
    atMost("tables of a model that scores", tables, "MB", 0.4, 0.4),
    atMost("tables of a model that explains, too", explainedTables, "MB", 0.4, 0.4),
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
  return op === "score" || op === "plain" || op === "heavy" ? 1 / rows : 1;
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
