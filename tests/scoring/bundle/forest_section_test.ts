import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { BitReader, BitWriter } from "../../../scoring/bundle/bit_stream.ts";
import { decodeForest, encodeForest } from "../../../scoring/bundle/forest_section.ts";
import { BundleError } from "../../../scoring/bundle/mod.ts";
import {
  fitForest,
  fitGridForest,
  type FitOptions,
  type Forest,
  type Matrix,
  scoreForest,
} from "../../../scoring/forest/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { bellRows } from "../forest/rows.ts";

/** Rows as telemetry has them: columns that go together, and one row in a hundred that is off. */
function correlatedRows(rowCount: number, columnCount: number): Matrix {
  const random = createRandom(9);
  const own = bellRows(rowCount, columnCount, 1).data;
  const common = bellRows(rowCount, 1, 2).data;
  const data = new Float32Array(own.length);
  for (let row = 0; row < rowCount; row++) {
    const shift = random.below(100) === 0 ? 4 : 0;
    for (let column = 0; column < columnCount; column++) {
      const i = row * columnCount + column;
      data[i] = 0.7 * common[row] + 0.7 * own[i] + (random.below(2) === 0 ? shift : 0);
    }
  }
  return { data, rowCount, columnCount };
}

const OPTIONS = { treeCount: 100, subsampleSize: 256, seed: 1 };

Deno.test("100 exact trees of 256 rows take at most 29 kB, of correlated columns 25 kB (X1)", () => {
  for (const columnCount of [4, 10, 30]) {
    const own = encodeForest(fitForest(bellRows(5000, columnCount, 1), OPTIONS));
    assert(own.length <= 29_000);
    const correlated = encodeForest(fitForest(correlatedRows(5000, columnCount), OPTIONS));
    assert(correlated.length <= 25_000);
  }
});

Deno.test("100 trees of 256 rows on a grid take at most 17 kB, of 30 columns 19 kB", () => {
  for (const [columnCount, most] of [[4, 17_000], [10, 17_000], [30, 19_000]]) {
    const forest = fitGridForest(correlatedRows(5000, columnCount), OPTIONS);
    assert(encodeForest(forest).length <= most);
  }
});

function fitOblique(rows: Matrix, options: FitOptions): Forest {
  return fitForest(rows, { ...options, splits: "oblique" });
}

Deno.test("any forest survives its section, exact, on a grid or with oblique splits", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(fitForest, fitGridForest, fitOblique),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 0, max: 12 }),
      fc.boolean(),
      (fit, treeCount, subsampleSize, columnCount, seed, heightLimit, hasTies) => {
        const bell = bellRows(300, columnCount, seed);
        const rows = hasTies ? { ...bell, data: bell.data.map(Math.round) } : bell;
        const forest = fit(rows, { treeCount, subsampleSize, seed, heightLimit });
        assertEquals(decodeForest(encodeForest(forest)), forest);
      },
    ),
    { numRuns: 90 },
  ));

Deno.test("an oblique forest scores to the same bits after its section", () => {
  const rows = correlatedRows(2000, 5);
  const forest = fitOblique(rows, OPTIONS);
  assertEquals(scoreForest(decodeForest(encodeForest(forest)), rows), scoreForest(forest, rows));
});

Deno.test("a section of an oblique forest that is cut or changed is refused or sound", () => {
  const rows = bellRows(50, 2, 1);
  const bytes = encodeForest(fitOblique(rows, { treeCount: 2, subsampleSize: 16, seed: 1 }));
  for (let i = 0; i < bytes.length; i++) {
    assertThrows(() => decodeForest(bytes.subarray(0, i)), BundleError);
    for (let mask = 1; mask < 256; mask <<= 1) {
      const damaged = bytes.slice();
      damaged[i] ^= mask;
      const forest = soundForest(damaged);
      if (forest?.featureCount !== 2) continue;
      assert(scoreForest(forest, rows).every((score) => score > 0 && score <= 1));
    }
  }
});

/** What bytes from anywhere are decoded to, where they are not refused as they must be. */
function soundForest(bytes: Uint8Array): Forest | undefined {
  try {
    return decodeForest(bytes);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return undefined;
  }
}

Deno.test("a leaf of all 65,535 rows beside an empty one survives its section", () => {
  const forest = {
    featureCount: 1,
    subsampleSize: 65_535,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(0, 0, 0),
    splitValue: Float32Array.of(1, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(65_535, 0, 65_535),
    averagePath: "mlIsolationForest" as const,
  };
  assertEquals(decodeForest(encodeForest(forest)), forest);
});

Deno.test("a column that its bits can say but the forest does not have is refused", () => {
  const forest = fitForest(bellRows(50, 4, 1), { treeCount: 4, subsampleSize: 32, seed: 1 });
  const bytes = encodeForest(forest);
  // Three columns take as many bits as four.
  new DataView(bytes.buffer).setUint16(0, 3, true);
  assertThrows(() => decodeForest(bytes), BundleError, "column below 3");
});

Deno.test("encodeForest refuses a threshold beside the forest's grid", () => {
  const forest = fitGridForest(bellRows(50, 2, 1), { treeCount: 1, subsampleSize: 32, seed: 1 });
  const splitValue = forest.splitValue.slice();
  splitValue[0] += 1e-6;
  assertThrows(() => encodeForest({ ...forest, splitValue }), RangeError, "node 0");
});

Deno.test("numbers of any width come back from a stream of bits", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 16 }))),
      fc.array(fc.integer({ min: 1, max: 131_071 })),
      (plain, gammas) => {
        const writer = new BitWriter();
        for (const [value, width] of plain) writer.write(value, width);
        for (const value of gammas) writer.writeGamma(value);
        const reader = new BitReader(writer.bytes());
        for (const [value, width] of plain) {
          assertEquals(reader.read(width), value & ((1 << width) - 1));
        }
        for (const value of gammas) assertEquals(reader.readGamma(), value);
        assertEquals(reader.read(reader.left), 0);
        assertThrows(() => reader.read(1), RangeError);
      },
    ),
  ));
