import { assertEquals } from "@std/assert";
import { decodeBundle } from "../../../scoring/bundle/mod.ts";
import { BUNDLE_BYTES_MAX } from "../../../scoring/bundle/mod.ts";
import { encodeForest } from "../../../scoring/bundle/forest_section.ts";
import type { Forest } from "../../../scoring/forest/mod.ts";
import { type AnyHeader, assertRefused, bundleOf, partsOfSmallBundle, rehashed } from "./forge.ts";

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

const NODES_AT = 12;
const FEATURES_AT = 13;
const THRESHOLDS_AT = 15;
const LEAVES_AT = 23;

/** A bundle whose first forest is the tree above after the change, with hashes that fit. */
function poisoned(change: (view: DataView) => void): Uint8Array {
  const bytes = treeBytes();
  change(new DataView(bytes.buffer));
  return forged(bytes);
}

function forged(section: Uint8Array<ArrayBuffer>): Uint8Array {
  const { header, sections } = partsOfSmallBundle();
  return rehashed({ header, sections: [section, ...sections.slice(1)] });
}

Deno.test("the tree that is poisoned below is sound", () => {
  const { forest } = decodeBundle(poisoned(() => {})).sections[0];
  assertEquals([...forest.child], [1, 0, 3, 0, 0]);
});

for (
  const [what, change] of [
    ["no columns", (view) => view.setUint16(0, 0, true)],
    ["other columns than its plan", (view) => view.setUint16(0, 3, true)],
    ["65,535 columns", (view) => view.setUint16(0, 65_535, true)],
    ["ψ = 0", (view) => view.setUint16(2, 0, true)],
    ["ψ that its leaves do not add up to", (view) => view.setUint16(2, 5, true)],
    ["no trees", (view) => view.setUint16(4, 0, true)],
    ["a tree too many", (view) => view.setUint16(4, 3, true)],
    ["65,535 trees", (view) => view.setUint16(4, 65_535, true)],
    ["an unknown formula", (view) => view.setUint8(6, 2)],
    ["leaves of no bytes", (view) => view.setUint8(7, 0)],
    ["leaves of two bytes that are there with one", (view) => view.setUint8(7, 2)],
    ["10⁹ nodes in 100 bytes", (view) => view.setUint32(8, 1_000_000_001, true)],
    ["2³² − 1 nodes", (view) => view.setUint32(8, 4_294_967_295, true)],
    ["an even number of nodes in one tree", (view) => view.setUint32(8, 4, true)],
    ["fewer nodes than trees", (view) => view.setUint32(8, 0, true)],
    ["a tree that never ends", (view) => view.setUint8(NODES_AT, 0b11111)],
    ["a tree that ends early", (view) => view.setUint8(NODES_AT, 0b00000)],
    ["nodes after its tree", (view) => view.setUint8(NODES_AT, 0b01001)],
    ["structure after its nodes", (view) => view.setUint8(NODES_AT, 0b100101)],
    ["a column past the last", (view) => view.setUint8(FEATURES_AT, 2)],
    ["the column −1", (view) => view.setUint8(FEATURES_AT, 255)],
    ["a threshold of NaN", (view) => view.setFloat32(THRESHOLDS_AT, NaN, true)],
    ["a threshold of ∞", (view) => view.setFloat32(THRESHOLDS_AT, Infinity, true)],
    ["a threshold of −∞", (view) => view.setFloat32(THRESHOLDS_AT + 4, -Infinity, true)],
    ["a leaf without a row", (view) => view.setUint8(LEAVES_AT, 0)],
    ["a leaf with more rows than ψ", (view) => view.setUint8(LEAVES_AT, 255)],
  ] satisfies readonly [string, (view: DataView) => void][]
) {
  Deno.test(`a forest with ${what} is refused`, () => {
    assertRefused(poisoned(change), "BUNDLE_FOREST");
  });
}

Deno.test("a forest of 0 to 40 random bytes is refused", () => {
  for (let length = 1; length <= 40; length++) {
    assertRefused(forged(new Uint8Array(length).fill(0x41)), "BUNDLE_FOREST");
  }
});

Deno.test("a chain of a million levels is refused without recursion", () => {
  const levels = 30_000;
  const nodeCount = 2 * levels + 1;
  const bitBytes = Math.ceil(nodeCount / 8);
  const bytes = new Uint8Array(NODES_AT + bitBytes + levels * 5 + levels + 1);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 2, true);
  view.setUint16(2, levels + 1, true);
  view.setUint16(4, 1, true);
  view.setUint8(7, 1);
  view.setUint32(8, nodeCount, true);
  // Each split's second child splits again: nodes 0, 2, 4, …
  for (let node = 0; node < nodeCount - 1; node += 2) {
    bytes[NODES_AT + (node >> 3)] |= 1 << (node & 7);
  }
  bytes.fill(1, bytes.length - levels - 1);
  assertRefused(forged(bytes), "BUNDLE_FOREST");
});

Deno.test("covers that run over 16 bits are refused", () => {
  const bytes = new Uint8Array(NODES_AT + 1 + 5 + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 2, true);
  view.setUint16(2, 1, true);
  view.setUint16(4, 1, true);
  view.setUint8(7, 2);
  view.setUint32(8, 3, true);
  view.setUint8(NODES_AT, 1);
  view.setUint16(bytes.length - 4, 65_535, true);
  view.setUint16(bytes.length - 2, 2, true);
  assertRefused(forged(bytes), "BUNDLE_FOREST");
});

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
