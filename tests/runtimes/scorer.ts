import {
  encodeBundle,
  encodeForest,
  importTrustedKeys,
  openBundle,
} from "../../scoring/bundle/mod.ts";
import {
  explainRow,
  fitForest,
  fitGridForest,
  type Matrix,
  pathLengthSum,
  saturationScore,
  scoreForest,
  shapRow,
} from "../../scoring/forest/mod.ts";
import { cos, createRandom, exp2, fromHex, ln, log2, sin } from "../../scoring/numeric/mod.ts";
import { isForestSection } from "../../scoring/detect/mod.ts";

export { useForestKernel } from "../../scoring/forest/mod.ts";

/** What each runtime is given, as one body of bytes. */
export interface ScorerInput {
  readonly bundle: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly rows: Float32Array;
}

export const TENANT_ID = "tenant-1";
const EXPLAINED_ROWS = 500;
const PUBLIC_KEY_BYTES = 32;

export function packInput({ bundle, publicKey, rows }: ScorerInput): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + bundle.length + publicKey.length + rows.byteLength);
  new DataView(bytes.buffer).setUint32(0, bundle.length, true);
  bytes.set(bundle, 4);
  bytes.set(publicKey, 4 + bundle.length);
  bytes.set(new Uint8Array(rows.buffer), 4 + bundle.length + publicKey.length);
  return bytes;
}

function unpackInput(bytes: Uint8Array<ArrayBuffer>): ScorerInput {
  const bundleEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const keyEnd = bundleEnd + PUBLIC_KEY_BYTES;
  return {
    bundle: bytes.slice(4, bundleEnd),
    publicKey: bytes.slice(bundleEnd, keyEnd),
    rows: new Float32Array(bytes.slice(keyEnd).buffer),
  };
}

/**
 * Opens a signed bundle and scores, explains and fits rows with it; the answer is every number on
 * the way as f64, so that one bit anywhere tells runtimes apart.
 */
export async function answer(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { bundle, publicKey, rows: data } = unpackInput(body);
  const trustedKeys = await importTrustedKeys([publicKey]);
  const { id, model } = await openBundle(bundle, { tenantId: TENANT_ID, trustedKeys });
  const columnCount = model.plan.features.length;
  const rows = { data, rowCount: data.length / columnCount, columnCount };
  const numbers = [...fromHex(id), ...elementaryNumbers()];
  for (const { forest } of model.sections.filter(isForestSection)) {
    numbers.push(saturationScore(forest), ...scoreForest(forest, rows));
    for (let i = 0; i < Math.min(EXPLAINED_ROWS, rows.rowCount); i++) {
      const row = data.subarray(i * columnCount, (i + 1) * columnCount);
      const { base, contributions } = explainRow(forest, row);
      numbers.push(pathLengthSum(forest, row), base, ...contributions);
      numbers.push(...shapRow(forest, row).contributions);
    }
  }
  const forest = fitAgain(rows);
  numbers.push(...forest.splitFeature, ...forest.splitValue, ...forest.size);
  numbers.push(...fitGridForest(rows, { treeCount: 10, subsampleSize: 256, seed: 9 }).splitValue);
  numbers.push(...obliqueNumbers(rows));
  const sections = model.sections.map((section) => ({ ...section, forest }));
  numbers.push(...fromHex(encodeBundle({ ...model, sections }).id));
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

function fitAgain(rows: Matrix) {
  return fitForest(rows, { treeCount: 100, subsampleSize: 256, seed: 99 });
}

/** A forest with oblique splits, its scores and what explains them. */
function obliqueNumbers(rows: Matrix): number[] {
  const options = { treeCount: 20, subsampleSize: 256, seed: 98, splits: "oblique" } as const;
  const forest = fitForest(rows, options);
  const numbers = [...encodeForest(forest), ...scoreForest(forest, rows)];
  for (let i = 0; i < Math.min(EXPLAINED_ROWS, rows.rowCount); i++) {
    const row = rows.data.subarray(i * rows.columnCount, (i + 1) * rows.columnCount);
    numbers.push(...explainRow(forest, row).contributions);
  }
  return numbers;
}

function elementaryNumbers(): number[] {
  const random = createRandom(4);
  return Array.from({ length: 2000 }, () => random.nextFloat() * 30).flatMap((
    x,
  ) => [exp2(-x), ln(x), log2(x), sin(x), cos(x)]);
}
