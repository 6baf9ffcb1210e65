/**
 * Memory of a process that keeps as many models as an edge does: each is opened, scores a single
 * row and batches enough to be sliced, and explains. Run alone, so that the peak is its own.
 */
import { decodeBundle } from "../../../scoring/bundle/mod.ts";
import { createModelCache } from "../../../scoring/edge/mod.ts";
import { explainRow, type Forest, scoreForest, scoreRow } from "../../../scoring/forest/mod.ts";
import { creditSteps } from "../../../scoring/forest/engine/credit_steps.ts";
import { kernelBytes } from "../../../scoring/forest/engine/kernel_bytes.ts";
import { slicedForest } from "../../../scoring/forest/engine/sliced_forest.ts";
import { encodeWalkImage } from "../../../scoring/forest/engine/walk_image.ts";
import { forestOf } from "../../scoring/detect/forest_of.ts";

/** All in MB. */
export interface ResidentMemory {
  /** Greatest resident memory of the process with its models. */
  readonly peak: number;
  /** What the kernel needs whatever it scores. */
  readonly scratch: number;
  /** What a forest that scores single rows and batches has in the kernel's memory. */
  readonly tables: number;
  /** What it has there once it explains, too. */
  readonly explainedTables: number;
}

/** More than are kept, so that the least recently used ones must go. */
const MODELS_ASKED = 1100;
const MODELS_KEPT = 1000;
/** So many that a model is sliced. */
const BATCH_ROWS = 2560;
const MB = 1e6;

/** Runs this file as a process. */
export async function measureResident(folder: string, columns: number): Promise<ResidentMemory> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL(import.meta.url).pathname, folder, String(columns)],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function useModels(bundle: Uint8Array, rows: Float32Array, columnCount: number) {
  const row = rows.slice(0, columnCount);
  const data = rows.slice(0, BATCH_ROWS * columnCount);
  const findModel = createModelCache(() => Promise.resolve(decodeBundle(bundle)), MODELS_KEPT);
  for (let model = 0; model < MODELS_ASKED; model++) {
    const forest = forestOf((await findModel(String(model))).sections[0]);
    scoreRow(forest, row);
    scoreForest(forest, { data, rowCount: BATCH_ROWS, columnCount });
    explainRow(forest, row);
  }
}

/** Linux keeps the greatest resident memory of a process. */
function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
}

/** Where images begin is where scratch ends. */
function scratchBytes(): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes()));
  return (exports.IMAGES as WebAssembly.Global<"i32">).value;
}

function tableBytes(forest: Forest): number {
  const images = [encodeWalkImage(forest), ...slicedForest(forest) ?? []];
  return images.reduce((sum, image) => sum + (image?.byteLength ?? 0), 0);
}

if (import.meta.main) {
  const [folder, columns] = Deno.args;
  const bundle = await Deno.readFile(`${folder}/forest-${columns}.bundle`);
  const rows = new Float32Array((await Deno.readFile(`${folder}/rows-${columns}.f32`)).buffer);
  await useModels(bundle, rows, Number(columns));
  const peak = peakBytes() / MB;
  const forest = forestOf(decodeBundle(bundle).sections[0]);
  const memory: ResidentMemory = {
    peak,
    scratch: scratchBytes() / MB,
    tables: tableBytes(forest) / MB,
    explainedTables: (tableBytes(forest) + creditSteps(forest).byteLength) / MB,
  };
  console.log(JSON.stringify(memory));
}
