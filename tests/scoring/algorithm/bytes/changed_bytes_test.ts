/** Bytes that were changed by someone who knows the checksum: refused, or sound all the same. */
import { assert, assertEquals } from "@std/assert";
import { crc32 } from "../../../../scoring/algorithm/bytes/layout.ts";
import * as classical from "../../../../scoring/algorithm/classical/mod.ts";
import type { Algorithm, Fitted } from "../../../../scoring/algorithm/mod.ts";
import * as streams from "../../../../scoring/algorithm/streams/mod.ts";
import * as trend from "../../../../scoring/algorithm/trend/mod.ts";
import { createRandom, type Random } from "../../../../scoring/numeric/mod.ts";
import { assertFinite, headOf, ROW_MS, rowOf, tailOf, trainingRows } from "../conformance_rows.ts";

/** So that bytes are few, and each is met. */
const SMALL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  abod: { subsample: 20 },
  autoencoder: { visits: 200, hidden: 1 },
  half_space_trees: { trees: 2, depth: 3 },
  one_class_svm: { subsample: 20 },
  random_cut_forest: { trees: 2, sample: 8 },
};
const CHANGES = 100;

const METHODS: readonly Algorithm[] = [classical, streams, trend].flatMap(Object.values);

for (const algorithm of METHODS) {
  Deno.test(`${algorithm.name} of changed bytes is refused or gives sound scores`, () => {
    const rows = trainingRows(algorithm.input, 2);
    const parameters = SMALL[algorithm.name];
    const options = { seed: 1, rowMs: ROW_MS, parameters };
    const bytes = algorithm.fit(headOf(rows, 200), options).serialize();
    const random = createRandom(9);
    for (let change = 0; change < CHANGES; change++) {
      const changed = changedBytes(bytes, random);
      const fitted = restored(algorithm, changed);
      if (!fitted) continue;
      assertEquals(fitted.serialize(), changed);
      if (fitted.columnCount !== 2) continue;
      const later = headOf(tailOf(rows, 200), 60);
      const scores = fitted.scoreBatch(later);
      assertFinite(algorithm.input === "series" ? scores.filter((s) => !Number.isNaN(s)) : scores);
      const scorer = fitted.open();
      scorer.push(rowOf(later, 0));
      const parts = scorer.explain();
      assertFinite(parts);
      assert(parts.every((part) => part >= 0));
    }
  });
}

/** One to three bytes are others, and the checksum says so. */
function changedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let count = 1 + random.below(3); count > 0; count--) {
    changed[8 + random.below(bytes.length - 12)] = random.below(256);
  }
  const end = changed.length - 4;
  new DataView(changed.buffer).setUint32(end, crc32(changed.subarray(0, end)), true);
  return changed;
}

function restored(algorithm: Algorithm, bytes: Uint8Array): Fitted | undefined {
  try {
    return algorithm.restore(bytes);
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("Cannot ")) return undefined;
    throw error;
  }
}
