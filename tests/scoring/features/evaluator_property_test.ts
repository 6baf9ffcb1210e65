import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  createFeatureEvaluator,
  type FeatureVector,
  foldSeries,
  lookbackStart,
  type Sample,
} from "../../../scoring/features/mod.ts";
import { PLAN, samples, ZONE } from "./arbitraries.ts";

const LATENESS_MS = 60_000;
const RUNS = { numRuns: 40 };

const batchSizes = fc.infiniteStream(fc.integer({ min: 1, max: 60 }));

Deno.test("any split of a stream into batches gives the vectors of the whole series, bit for bit", () => {
  fc.assert(
    fc.property(samples, batchSizes, (all, sizes) => {
      const stream = createStream();
      for (const batch of split(all, sizes)) stream.fold(batch);
      stream.tick(endOf(all));
      assertEquals(bitsOf(stream.vectors), bitsOf(foldSeries(PLAN, ZONE, all, endOf(all))));
    }),
    RUNS,
  );
});

Deno.test("after any restart with a refold the vectors are the uninterrupted ones, bit for bit", () => {
  fc.assert(
    fc.property(samples, batchSizes, (all, sizes) => {
      const uncut = createStream();
      let told: FeatureVector[] = [];
      let watermark = -Infinity;
      const stored: Sample[] = [];
      for (const batch of split(all, sizes)) {
        uncut.fold(batch);
        const restarted = createStream(stored, watermark);
        restarted.fold(batch);
        stored.push(...batch);
        told = [...told, ...restarted.vectors];
        watermark = restarted.watermark();
      }
      assertEquals(bitsOf(told), bitsOf(uncut.vectors));
    }),
    RUNS,
  );
});

Deno.test("a restart in a silence of any length tells the silent buckets that are left", () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 0, max: 900 }), (all, silentBuckets) => {
      const silentUntil = endOf(all) + silentBuckets * PLAN.bucketMs;
      const returns = silentUntil + 700 * PLAN.bucketMs;
      const [uncut, restarted] = [createStream(), createStream(all, silentUntil)];
      uncut.fold(all);
      uncut.tick(silentUntil);
      const before = uncut.vectors.length;
      for (const stream of [uncut, restarted]) {
        stream.tick(returns);
        stream.fold([{ metric: 0, at: returns, value: 1 }]);
        stream.tick(returns + 2 * PLAN.bucketMs);
      }
      assertEquals(bitsOf(restarted.vectors), bitsOf(uncut.vectors.slice(before)));
    }),
    RUNS,
  );
});

Deno.test("the order of arrival within what is still open changes no bit", () => {
  fc.assert(
    fc.property(samples, fc.integer(), (all, seed) => {
      const ordered = createFeatureEvaluator(PLAN, ZONE);
      const shuffled = createFeatureEvaluator(PLAN, ZONE);
      for (const sample of all) ordered.add(sample);
      for (const sample of shuffle(all, seed)) shuffled.add(sample);
      const end = endOf(all);
      assertEquals(bitsOf(shuffled.advance(end)), bitsOf(ordered.advance(end)));
    }),
    RUNS,
  );
});

Deno.test("foldSeries sorts what it is given", () => {
  fc.assert(
    fc.property(samples, fc.integer(), (all, seed) => {
      assertEquals(
        bitsOf(foldSeries(PLAN, ZONE, shuffle(all, seed))),
        bitsOf(foldSeries(PLAN, ZONE, all)),
      );
    }),
    RUNS,
  );
});

Deno.test("a vector depends on nothing that comes after its bucket", () => {
  fc.assert(
    fc.property(samples, fc.nat(399), (all, count) => {
      const cut = all.slice(0, 1 + count);
      const end = Math.floor(cut[cut.length - 1].at / PLAN.bucketMs) * PLAN.bucketMs;
      const known = bitsOf(foldSeries(PLAN, ZONE, cut, end));
      assertEquals(bitsOf(foldSeries(PLAN, ZONE, all, end)), known);
      assertEquals(bitsOf(foldSeries(PLAN, ZONE, all)).slice(0, known.length), known);
    }),
    RUNS,
  );
});

Deno.test("features are NaN or finite, and complete says that none is NaN", () => {
  fc.assert(
    fc.property(samples, (all) => {
      for (const { values, complete, silent } of foldSeries(PLAN, ZONE, all)) {
        assert(values.every((value) => Number.isNaN(value) || Number.isFinite(value)));
        assertEquals(complete, values.every((value) => !Number.isNaN(value)));
        if (silent) assert(values.every(Number.isNaN));
      }
    }),
    RUNS,
  );
});

Deno.test("NaN and infinities change nothing", () => {
  fc.assert(
    fc.property(samples, (all) => {
      const finite = all.filter(({ value }) => Number.isFinite(value));
      const end = endOf(all);
      assertEquals(
        bitsOf(foldSeries(PLAN, ZONE, all, end)),
        bitsOf(foldSeries(PLAN, ZONE, finite, end)),
      );
    }),
    RUNS,
  );
});

/** A device's evaluator as the pipeline drives it: refold first, then batches. */
function createStream(stored: readonly Sample[] = [], from = -Infinity) {
  const evaluator = createFeatureEvaluator(PLAN, ZONE);
  let watermark = from;
  const vectors: FeatureVector[] = [];
  if (from > -Infinity) {
    const start = lookbackStart(PLAN, from);
    for (const sample of stored) if (sample.at >= start) evaluator.add(sample);
    evaluator.advance(from);
  }
  const tick = (until: number) => {
    watermark = Math.max(watermark, until);
    vectors.push(...evaluator.advance(watermark));
  };
  return {
    vectors,
    tick,
    watermark: () => watermark,
    fold(batch: readonly Sample[]) {
      for (const sample of batch) evaluator.add(sample);
      tick(batch[batch.length - 1].at - LATENESS_MS);
    },
  };
}

function* split(all: readonly Sample[], sizes: Iterator<number>): Generator<readonly Sample[]> {
  for (let from = 0; from < all.length;) {
    const to = from + sizes.next().value;
    yield all.slice(from, to);
    from = to;
  }
}

function endOf(all: readonly Sample[]): number {
  return (Math.floor(all[all.length - 1].at / PLAN.bucketMs) + 1) * PLAN.bucketMs;
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const keyed = items.map((item) => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return { item, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Vectors as text that tells −0 from 0; the bits of a NaN are the engine's own affair. */
function bitsOf(vectors: readonly FeatureVector[]): string[] {
  return vectors.map(({ bucketAt, values, silent }) => {
    if (silent) return `${bucketAt} silent`;
    const bits = new Uint32Array(values.buffer);
    return `${bucketAt} ${[...values].map((value, i) => value === value ? bits[i] : "NaN")}`;
  });
}
