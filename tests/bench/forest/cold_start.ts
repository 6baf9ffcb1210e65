/** From a bundle's bytes to its first verdict and to its first batch; run alone, the first ever. */
import { decodeBundle, encodeBundle } from "../../../scoring/bundle/mod.ts";
import { type Forest, scoreForest, scoreRow } from "../../../scoring/forest/mod.ts";
import { smallModel, withForest } from "../../scoring/bundle/small_model.ts";
import { forestOf } from "../../scoring/detect/forest_of.ts";

const BATCH_ROWS = 512;

/** A bundle of one section. */
export function bundleOf(forest: Forest): Uint8Array {
  const model = smallModel();
  const features = Array.from({ length: forest.featureCount }, (_, i) => ({
    metric: "cpu",
    transform: "rollingMean",
    window: i + 2,
  } as const));
  return encodeBundle({
    ...model,
    plan: { ...model.plan, features },
    sections: [withForest("any", forest)],
  }).unsigned;
}

/** Milliseconds to the first score of one row, and to the end of a first batch. */
export function coldStartMs(bundle: Uint8Array, rows: Float32Array): [number, number] {
  const startedMs = performance.now();
  const forest = forestOf(decodeBundle(bundle).sections[0]);
  const columnCount = forest.featureCount;
  scoreRow(forest, rows.subarray(0, columnCount));
  const verdictMs = performance.now() - startedMs;
  const data = rows.subarray(0, BATCH_ROWS * columnCount);
  scoreForest(forest, { data, rowCount: BATCH_ROWS, columnCount });
  return [verdictMs, performance.now() - startedMs];
}

if (import.meta.main) {
  const [folder, columns] = Deno.args;
  const bundle = await Deno.readFile(`${folder}/forest-${columns}.bundle`);
  const rows = new Float32Array((await Deno.readFile(`${folder}/rows-${columns}.f32`)).buffer);
  console.log(JSON.stringify(coldStartMs(bundle, rows)));
}
