import { assertEquals, assertThrows } from "@std/assert";
import { BundleError, decodeBundle } from "../../../scoring/bundle/mod.ts";
import { BUNDLE_BYTES_MAX } from "../../../scoring/bundle/mod.ts";
import { decodeForest, encodeForest } from "../../../scoring/bundle/forest_section.ts";
import { BitWriter } from "../../../scoring/bundle/bit_stream.ts";
import { fitForest, fitGridForest, type Forest, GRID_KNOTS } from "../../../scoring/forest/mod.ts";
import { exp2 } from "../../../scoring/numeric/mod.ts";
import { bellRows } from "../forest/rows.ts";
import { type AnyHeader, assertRefused, bundleOf, partsOfSmallBundle, rehashed } from "./forge.ts";
import { forestOf } from "../detect/forest_of.ts";

/**
 * Bytes of one tree: a root with a leaf of 1 row and a split of leaves with 2 and 1, over two
 * columns.
 */
function treeBytes(): Uint8Array<ArrayBuffer> {
  const forest: Forest = {
    featureCount: 2,
    subsampleSize: 4,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(1, 0, 0, 0, 0),
    splitValue: Float32Array.of(1, 0, 2, 0, 0),
    child: Uint32Array.of(1, 0, 3, 0, 0),
    size: Uint16Array.of(4, 1, 3, 2, 1),
  };
  return encodeForest(forest);
}

const PLANES_AT = 16;
const BITS_AT = 24;

/** A bundle whose first forest is the tree above after the change, with hashes that fit. */
function poisoned(change: (view: DataView) => void): Uint8Array {
  const bytes = treeBytes();
  change(new DataView(bytes.buffer));
  return forged(bytes);
}

/** The same with other bits: structure, columns and sizes. */
function withBits(write: (bits: BitWriter) => void): Uint8Array {
  const bits = new BitWriter();
  write(bits);
  return forged(Uint8Array.from([...treeBytes().subarray(0, BITS_AT), ...bits.bytes()]));
}

/** Each number of a string as a bit. */
function writeBits(bits: BitWriter, text: string): void {
  for (const bit of text) bits.write(Number(bit), 1);
}

function forged(section: Uint8Array<ArrayBuffer>): Uint8Array {
  const { header, sections } = partsOfSmallBundle();
  return rehashed({ header, sections: [section, ...sections.slice(1)] });
}

const STRUCTURE = "101";
const COLUMNS = "10";
/** 2 and 1 in gamma code. */
const SIZES = "0101";

Deno.test("the tree that is poisoned below is sound", () => {
  for (
    const bytes of [
      poisoned(() => {}),
      withBits((bits) => writeBits(bits, STRUCTURE + COLUMNS + SIZES)),
    ]
  ) {
    const forest = forestOf(decodeBundle(bytes).sections[0]);
    assertEquals([...forest.child], [1, 0, 3, 0, 0]);
    assertEquals([...forest.splitFeature], [1, 0, 0, 0, 0]);
    assertEquals([...forest.splitValue], [1, 0, 2, 0, 0]);
    assertEquals([...forest.size], [4, 1, 3, 2, 1]);
  }
});

/** One of so many f32 numbers in planes that begin somewhere. */
function setPlanes(view: DataView, at: number, value: number, count = 2): void {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  for (let plane = 0; plane < 4; plane++) view.setUint8(at + count * plane, bits.getUint8(plane));
}

for (
  const [what, change] of [
    ["no columns", (view) => view.setUint16(0, 0, true)],
    ["other columns than its plan", (view) => view.setUint16(0, 3, true)],
    ["65,535 columns", (view) => view.setUint16(0, 65_535, true)],
    ["ψ = 0", (view) => view.setUint16(2, 0, true)],
    ["ψ that its leaves do not add up to", (view) => view.setUint16(2, 5, true)],
    ["no trees", (view) => view.setUint16(4, 0, true)],
    ["a tree too many", (view) => view.setUint16(4, 2, true)],
    ["65,535 trees", (view) => view.setUint16(4, 65_535, true)],
    ["an unknown formula", (view) => view.setUint8(6, 3)],
    ["an unknown kind of splits", (view) => view.setUint8(7, 3)],
    ["oblique splits that are not there", (view) => view.setUint8(7, 2)],
    ["a grid that is not there", (view) => view.setUint8(7, 1)],
    ["no height", (view) => view.setUint8(8, 0)],
    ["a height that no leaf has", (view) => view.setUint8(8, 3)],
    ["a height of 65", (view) => view.setUint8(8, 65)],
    ["a height of 255", (view) => view.setUint8(8, 255)],
    ["sizes of all leaves that are there of some", (view) => view.setUint8(9, 1)],
    ["sizes of an unknown kind", (view) => view.setUint8(9, 3)],
    ["10⁹ splits in 100 bytes", (view) => view.setUint32(10, 1_000_000_001, true)],
    ["2³² − 1 splits", (view) => view.setUint32(10, 4_294_967_295, true)],
    ["fewer splits than it has", (view) => view.setUint32(10, 1, true)],
    ["no splits", (view) => view.setUint32(10, 0, true)],
    ["a coded plane that is not coded", (view) => view.setUint16(14, 1, true)],
    ["a plane too many", (view) => view.setUint16(14, 16, true)],
    ["a threshold of NaN", (view) => setPlanes(view, PLANES_AT, NaN)],
    ["a threshold of ∞", (view) => setPlanes(view, PLANES_AT, Infinity)],
    ["a threshold of −∞", (view) => setPlanes(view, PLANES_AT + 1, -Infinity)],
  ] satisfies readonly [string, (view: DataView) => void][]
) {
  Deno.test(`a forest with ${what} is refused`, () => {
    assertRefused(poisoned(change), "BUNDLE_FOREST");
  });
}

for (
  const [what, bits] of [
    ["no bits", ""],
    ["a tree that never ends", "111" + COLUMNS + SIZES + "1111111"],
    ["a tree that ends early", "000" + COLUMNS + SIZES],
    ["a tree of one split", "100" + COLUMNS + SIZES],
    ["a leaf without a size", STRUCTURE + COLUMNS + "010"],
    ["a leaf with more rows than ψ", STRUCTURE + COLUMNS + "0000000111111111"],
    ["a size of 2¹⁷", STRUCTURE + COLUMNS + "0".repeat(17) + "1" + "0".repeat(17) + "1"],
    ["a size of zeros alone", STRUCTURE + COLUMNS + "0".repeat(99)],
    ["a bit after its last size", STRUCTURE + COLUMNS + SIZES + "1"],
    ["a byte after its last size", STRUCTURE + COLUMNS + SIZES + "0".repeat(8)],
  ] as const
) {
  Deno.test(`a forest with ${what} is refused`, () => {
    assertRefused(withBits((writer) => writeBits(writer, bits)), "BUNDLE_FOREST");
  });
}

/** The tree above with oblique splits: centers, then planes of both weights, follow thresholds. */
function obliqueTree(): Forest {
  return {
    ...decodeForest(treeBytes()),
    oblique: {
      secondFeature: Uint16Array.of(0, 0, 1, 0, 0),
      weight: Float32Array.of(1, 0, -2, 0, 0),
      secondWeight: Float32Array.of(0.5, 0, 3, 0, 0),
      center: Float32Array.of(7, -7),
    },
  };
}

const CENTERS_AT = BITS_AT;
const WEIGHTS_AT = CENTERS_AT + 8;
const SECOND_WEIGHTS_AT = WEIGHTS_AT + 8;
const OBLIQUE_BITS_AT = SECOND_WEIGHTS_AT + 8;

Deno.test("the tree with oblique splits that is poisoned below is sound", () => {
  const bytes = encodeForest(obliqueTree());
  assertEquals(forestOf(decodeBundle(forged(bytes)).sections[0]), obliqueTree());
  // Structure, both lists of columns, and sizes.
  assertEquals(bytes.length, OBLIQUE_BITS_AT + 2);
});

for (
  const [what, change] of [
    ["a weight of NaN", (view) => setPlanes(view, WEIGHTS_AT, NaN)],
    ["a weight of ∞", (view) => setPlanes(view, WEIGHTS_AT + 1, Infinity)],
    ["a weight of 0", (view) => setPlanes(view, WEIGHTS_AT, 0)],
    ["a second weight of NaN", (view) => setPlanes(view, SECOND_WEIGHTS_AT + 1, NaN)],
    ["a second weight of −∞", (view) => setPlanes(view, SECOND_WEIGHTS_AT, -Infinity)],
    ["a second weight of −0", (view) => setPlanes(view, SECOND_WEIGHTS_AT, -0)],
    ["a center of NaN", (view) => setPlanes(view, CENTERS_AT, NaN)],
    ["a center of ∞", (view) => setPlanes(view, CENTERS_AT + 1, Infinity)],
    ["a threshold of NaN", (view) => setPlanes(view, PLANES_AT, NaN)],
    ["axis splits by its flag", (view) => view.setUint8(7, 0)],
    ["a grid by its flag", (view) => view.setUint8(7, 1)],
    ["2³² − 1 splits", (view) => view.setUint32(10, 4_294_967_295, true)],
    ["65,535 columns", (view) => view.setUint16(0, 65_535, true)],
  ] satisfies readonly [string, (view: DataView) => void][]
) {
  Deno.test(`a forest with oblique splits and ${what} is refused`, () => {
    const bytes = encodeForest(obliqueTree());
    change(new DataView(bytes.buffer));
    assertRefused(forged(bytes), "BUNDLE_FOREST");
  });
}

Deno.test("a second column that its bits can say but the forest does not have is refused", () => {
  const options = { treeCount: 1, subsampleSize: 2, seed: 1, splits: "oblique" } as const;
  const bytes = encodeForest(fitForest(bellRows(9, 3, 1), options));
  // One split: its height, then two bits for each column.
  const bits = bytes.length - 1;
  bytes[bits] |= 0b11000;
  assertRefused(forged(bytes), "BUNDLE_FOREST");
  assertThrows(() => decodeForest(bytes), BundleError, "column below 3");
});

Deno.test("a forest of 0 to 40 bytes of one kind is refused", () => {
  for (let length = 1; length <= 40; length++) {
    for (const byte of [0, 0x41, 0xff]) {
      assertRefused(forged(new Uint8Array(length).fill(byte)), "BUNDLE_FOREST");
    }
  }
});

/** A chain of splits, each of whose second children splits again. */
function chainBytes(levels: number, height: number): Uint8Array<ArrayBuffer> {
  const bits = new BitWriter();
  bits.write(1, 1);
  for (let level = 1; level <= levels; level++) writeBits(bits, level < levels ? "01" : "00");
  for (let leaf = 0; leaf < levels; leaf++) bits.write(0, 1);
  for (let leaf = 0; leaf <= levels; leaf++) bits.writeGamma(1);
  const tail = bits.bytes();
  const bytes = new Uint8Array(PLANES_AT + 4 * levels + tail.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 2, true);
  view.setUint16(2, levels + 1, true);
  view.setUint16(4, 1, true);
  view.setUint8(8, height);
  view.setUint8(9, 1);
  view.setUint32(10, levels, true);
  bytes.set(tail, PLANES_AT + 4 * levels);
  return bytes;
}

for (const [levels, height] of [[65, 64], [30_000, 64], [300, 300 & 255]] as const) {
  Deno.test(`a chain of ${levels} levels is refused without recursion`, () => {
    assertRefused(forged(chainBytes(levels, height)), "BUNDLE_FOREST");
  });
}

Deno.test("covers that run over 16 bits are refused", () => {
  const bits = new BitWriter();
  writeBits(bits, "10");
  bits.writeGamma(65_535);
  bits.writeGamma(2);
  const bytes = Uint8Array.from([...new Uint8Array(PLANES_AT + 4), ...bits.bytes()]);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 2, true);
  view.setUint16(2, 1, true);
  view.setUint16(4, 1, true);
  view.setUint8(8, 1);
  view.setUint32(10, 1, true);
  assertRefused(forged(bytes), "BUNDLE_FOREST");
});

for (
  const [what, knot, value] of [
    ["NaN", 3, NaN],
    ["∞", 16, Infinity],
    ["−∞", 0, -Infinity],
    ["less than the one before", 5, -1e30],
  ] as const
) {
  Deno.test(`a grid with a knot that is ${what} is refused`, () => {
    // Knots so far apart that no plane of them is shorter in a code.
    const data = bellRows(50, 2, 1).data.map((bell) => bell * exp2(40 * bell));
    const rows = { data, rowCount: 50, columnCount: 2 };
    const options = { treeCount: 2, subsampleSize: 8, seed: 1 };
    const bytes = encodeForest(fitGridForest(rows, options));
    assertEquals(decodeForest(bytes), fitGridForest(rows, options));
    setPlanes(new DataView(bytes.buffer), PLANES_AT + knot, value, 2 * GRID_KNOTS);
    assertRefused(forged(bytes), "BUNDLE_FOREST");
    assertThrows(() => decodeForest(bytes), BundleError, "grid");
  });
}

for (
  const [what, change] of [
    ["an unknown key", (header) => void (header.extra = 1)],
    ["no detector", (header) => delete header.detectorId],
    ["a detector that is a number", (header) => void (header.detectorId = 7)],
    [
      "a name of half a million characters",
      (header) => void (header.entityId = "x".repeat(500_000)),
    ],
    ["a plan that is null", (header) => void (header.plan = null)],
    ["a plan that is a list", (header) => void (header.plan = [])],
    ["an unknown transform", (header) => void (header.plan.features[0].transform = "toString")],
    ["a window of 10⁹", (header) => void (header.plan.features[1].window = 1e9)],
    ["a window of ½", (header) => void (header.plan.features[1].window = 0.5)],
    ["a feature less than its forests", (header) => header.plan.features.pop()],
    ["buckets of 0 ms", (header) => void (header.plan.bucketMs = 0)],
    ["a list with length instead of entries", (header) => void (header.sections = { length: 1 })],
    ["no sections", (header) => void (header.sections = [])],
    ["another section first", (header) => void (header.sections[0].period = "night")],
    ["a period twice", (header) => void (header.sections[1].period = "any")],
    ["sections that overlap", (header) => void (header.sections[1].offset = 0)],
    ["a section at −1", (header) => void (header.sections[0].offset = -1)],
    ["a section without bytes", (header) => void (header.sections[0].length = 0)],
    ["a hash that is none", (header) => void (header.sections[0].sha256 = "00")],
    ["a score above 1", (header) => void (header.sections[0].calibration.quantiles[64] = 1.5)],
    ["quantiles that fall", (header) => void (header.sections[0].calibration.quantiles[1] = 0)],
    ["quantiles too few", (header) => header.sections[0].calibration.quantiles.pop()],
    ["medians too many", (header) => header.sections[0].calibration.medians.push(0)],
    ["a mean excess of 0", (header) => void (header.sections[0].calibration.meanExcess = 0)],
    ["a saturation of 0", (header) => void (header.sections[0].calibration.saturation = 0)],
    ["a deviation below 0", (header) => void (header.sections[0].calibration.deviations[0] = -1)],
    ["a threshold that is text", (header) => void (header.sections[0].calibration.threshold = "")],
    ["another algorithm", (header) => void (header.provenance.algorithm = "eval")],
    ["a seed of ½", (header) => void (header.provenance.seed = 0.5)],
  ] satisfies readonly [string, (header: AnyHeader) => unknown][]
) {
  Deno.test(`a header with ${what} is refused`, () => {
    const { header, sections } = partsOfSmallBundle();
    change(header);
    assertRefused(bundleOf(JSON.stringify(header), sections), "BUNDLE_HEADER");
  });
}

for (
  const [what, change] of [
    ["that is empty", () => ""],
    ["that is null", () => "null"],
    ["with a byte order mark", (text) => "\uFEFF" + text],
    ["with space in it", (text) => text.replace(",", ", ")],
    ["with a key twice", (text) => text.replace("{", '{"detectorId":"detector-1",')],
    ["with __proto__", (text) => text.replace("{", '{"__proto__":{"plan":1},')],
    [
      "with a number beyond f64",
      (text) => text.replace(/"threshold":[0-9.e-]+/, '"threshold":1e999'),
    ],
    ["with a number written otherwise", (text) => text.replace('"rows":100', '"rows":1e2')],
    ["nested 100,000 deep", () => "[".repeat(100_000) + "]".repeat(100_000)],
    ["that is cut", (text) => text.slice(0, -1)],
    ["with bytes after it", (text) => text + "\n"],
  ] satisfies readonly [string, (text: string) => string][]
) {
  Deno.test(`a header ${what} is refused`, () => {
    const { header, sections } = partsOfSmallBundle();
    assertRefused(bundleOf(change(JSON.stringify(header)), sections), "BUNDLE_HEADER");
  });
}

Deno.test("a header that is not UTF-8 is refused", () => {
  const { header, sections } = partsOfSmallBundle();
  const bytes = bundleOf(JSON.stringify(header), sections);
  bytes[30] = 0xff;
  assertRefused(bytes, "BUNDLE_HEADER");
});

Deno.test("a bundle whose sections are swapped is refused by their hashes", () => {
  const { header, sections } = partsOfSmallBundle();
  const [any, business] = header.sections;
  [any.sha256, business.sha256] = [business.sha256, any.sha256];
  assertRefused(bundleOf(JSON.stringify(header), sections), "BUNDLE_HASH");
});

for (
  const [code, what, change] of [
    ["BUNDLE_MAGIC", "other magic", (view) => view.setUint8(0, 0)],
    ["BUNDLE_VERSION", "version 2", (view) => view.setUint8(8, 2)],
    ["BUNDLE_VERSION", "version 2³² − 1", (view) => view.setUint32(8, 0xffffffff, true)],
    ["BUNDLE_LIMIT", "a header of 4 GB", (view) => view.setUint32(12, 0xffffffff, true)],
    ["BUNDLE_TRUNCATED", "a header past its end", (view) => view.setUint32(12, 1_000_000, true)],
  ] satisfies readonly [string, string, (view: DataView) => void][]
) {
  Deno.test(`a bundle with ${what} is refused as ${code}`, () => {
    const bytes = rehashed(partsOfSmallBundle()).slice();
    change(new DataView(bytes.buffer));
    assertRefused(bytes, code);
  });
}

Deno.test("a bundle above the limit is refused before it is read", () => {
  assertRefused(new Uint8Array(BUNDLE_BYTES_MAX + 1), "BUNDLE_LIMIT");
  assertRefused(new Uint8Array(0), "BUNDLE_TRUNCATED");
});
