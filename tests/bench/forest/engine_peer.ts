/** Our side of the bench. */
import {
  averagePathLength,
  explainRow,
  fitForest,
  type Forest,
  scoreForest,
  scoreRow,
  shapRow,
} from "../../../scoring/forest/mod.ts";
import { plainKernel } from "../../../scoring/forest/engine/mod.ts";
import { median } from "simple-statistics";
import { bundleOf, coldStartMs } from "./cold_start.ts";
import { onnxModelOf } from "./onnx_model.ts";
import { type Command, type PeerData, readData, servePeer, stretches, type Work } from "./peer.ts";

const OPTIONS = { treeCount: 100, subsampleSize: 256, seed: 1 };
/** So many rows, one after the other, that branches cannot be learnt by heart. */
const SINGLE_ROWS = 4096;

await servePeer(async (command) => {
  const data = await readData(command);
  const fit = (rows: number) => fitForest(matrixOf(data.train, data.columns, rows), OPTIONS);
  const forest = fit(10_000);
  await Deno.writeFile(`${command.folder}/forest-${data.columns}.onnx`, onnxModelOf(forest));
  const bundle = bundleOf(forest);
  await Deno.writeFile(`${command.folder}/forest-${data.columns}.bundle`, bundle);
  const single = singleRows(data);
  const eachRow = (work: (row: Float32Array) => unknown): Work => ({ calls }) => {
    for (let i = 0; i < calls; i++) work(single[i % SINGLE_ROWS]);
  };
  return {
    score: eachBatch(data, (rows) => scoreForest(forest, rows)),
    heavy: heavyBatch(data),
    plain: eachBatch(
      data,
      (rows) => plainKernel.scoreRows(forest, rows, new Float64Array(rows.rowCount)),
    ),
    fit: ({ rows, calls }) => {
      for (let i = 0; i < calls; i++) fit(rows);
    },
    row: eachRow((row) => scoreRow(forest, row)),
    event: ({ calls }) => eventMicroseconds(forest, single, calls),
    explain: eachRow((row) => explainRow(forest, row)),
    shap: eachRow((row) => shapRow(forest, row)),
    cold: ({ calls }) => medianColdStartMs(bundle, data, calls),
    error: () => [greatestError(forest, data)],
  };
});

function singleRows({ rows, columns }: PeerData): Float32Array[] {
  return Array.from(
    { length: SINGLE_ROWS },
    (_, i) => rows.slice(i * columns, (i + 1) * columns),
  );
}

function matrixOf(data: Float32Array, columnCount: number, rowCount: number) {
  return { data: data.subarray(0, rowCount * columnCount), rowCount, columnCount };
}

function eachBatch(
  data: PeerData,
  work: (rows: ReturnType<typeof matrixOf>) => unknown,
): Work {
  return ({ rows, calls }: Command) => {
    const next = stretches(data, rows);
    for (let i = 0; i < calls; i++) work(matrixOf(next.next().value, data.columns, rows));
  };
}

/** Batches whose values have heavy tails, as latencies have, scored by a forest fitted on such. */
function heavyBatch(data: PeerData): Work {
  const heavy = (values: Float32Array) => values.map((value) => Math.sinh(3 * value));
  let work: Work | undefined;
  return (command) => {
    if (!work) {
      const rows = { ...data, rows: heavy(data.rows) };
      const train = heavy(data.train.subarray(0, 10_000 * data.columns));
      const forest = fitForest(matrixOf(train, data.columns, 10_000), OPTIONS);
      work = eachBatch(rows, (batch) => scoreForest(forest, batch));
    }
    return work(command);
  };
}

/** Median and 99th percentile of a call, less the clock's own median, which is the third. */
function eventMicroseconds(
  forest: Forest,
  rows: readonly Float32Array[],
  calls: number,
): number[] {
  const [clock] = quantilesOfCall(calls, () => 0);
  const [middle, late] = quantilesOfCall(
    calls,
    (call) => scoreRow(forest, rows[call % SINGLE_ROWS]),
  );
  return [middle - clock, late - clock, clock];
}

/** Median and 99th percentile of single calls, in µs. */
function quantilesOfCall(calls: number, work: (call: number) => number): [number, number] {
  const readings = new Float64Array(calls);
  for (let call = 0; call < calls; call++) {
    const startedMs = performance.now();
    work(call);
    readings[call] = (performance.now() - startedMs) * 1000;
  }
  readings.sort();
  return [readings[calls >> 1], readings[Math.floor(calls * 0.99)]];
}

function medianColdStartMs(bundle: Uint8Array, { rows }: PeerData, calls: number): number[] {
  const starts = Array.from({ length: calls }, () => coldStartMs(bundle, rows));
  return [median(starts.map(([verdict]) => verdict)), median(starts.map(([, batch]) => batch))];
}

/** Greatest difference from the paper's formula in f64 on any of ten thousand rows. */
function greatestError(forest: Forest, data: PeerData): number {
  const rows = matrixOf(data.rows, data.columns, 10_000);
  const scores = scoreForest(forest, rows);
  const pathLength = (row: Float32Array, node: number, edges: number): number => {
    const left = forest.child[node];
    if (left === 0) return edges + averagePathLength(forest.size[node]);
    const isRight = row[forest.splitFeature[node]] >= forest.splitValue[node];
    return pathLength(row, isRight ? left + 1 : left, edges + 1);
  };
  const scale = forest.roots.length * averagePathLength(forest.subsampleSize);
  return scores.reduce((most, score, i) => {
    const row = rows.data.subarray(i * data.columns, (i + 1) * data.columns);
    const sum = forest.roots.reduce((total, root) => total + pathLength(row, root, 0), 0);
    return Math.max(most, Math.abs(score - Math.pow(2, -sum / scale)));
  }, 0);
}
