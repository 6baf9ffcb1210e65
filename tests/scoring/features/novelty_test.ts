import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  createFeatureEvaluator,
  defaultPlan,
  foldSeries,
  lookbackStart,
} from "../../../scoring/features/mod.ts";
import { createNovelty } from "../../../scoring/features/novelty.ts";
import { UTC } from "../../../scoring/time/mod.ts";
import { featureOf, HOUR_MS, hourly, wave } from "./series.ts";

Deno.test("levelNovelty is the distance to the nearest known level over the range of all", () => {
  const values = wave(3000);
  values[2500] = 200;
  const novelties = featureOf({ transform: "levelNovelty", window: 1 }, hourly(values));
  for (let hour = 0; hour < values.length; hour++) {
    const known = values.slice(Math.max(0, hour - 1071), Math.max(0, hour - 47)).map(Math.fround);
    if (known.length < 64) {
      assert(Number.isNaN(novelties[hour]));
      continue;
    }
    const nearest = Math.min(...known.map((level) => Math.abs(level - Math.fround(values[hour]))));
    const expected = nearest / (Math.max(...known) - Math.min(...known));
    assertAlmostEquals(novelties[hour], Math.min(10, expected), 1e-6);
  }
  assert(novelties[2500] > 3);
});

Deno.test("a level stays novel for 48 buckets and is known after them", () => {
  const values = wave(800);
  for (let hour = 600; hour < 800; hour++) values[hour] += 500;
  const novelties = featureOf({ transform: "levelNovelty", window: 1 }, hourly(values));
  assert(novelties.slice(600, 648).every((novelty) => novelty > 5));
  assert(novelties.slice(660).every((novelty) => novelty < 0.1));
});

Deno.test("spreadNovelty sees a metric go quiet", () => {
  const values = wave(800);
  for (let hour = 600; hour < 800; hour++) values[hour] = 60;
  const novelties = featureOf({ transform: "spreadNovelty", window: 12 }, hourly(values));
  assert(Math.max(...novelties.slice(200, 600)) < 0.2);
  assert(novelties[615] > 0.1);
});

Deno.test("seasonalNovelty sees a day that is shifted in time, levelNovelty does not", () => {
  const values = wave(800);
  const shifted = values.map((value, hour) => hour < 600 ? value : values[hour - 12]);
  const seasonal = featureOf({ transform: "seasonalNovelty", window: 3 }, hourly(shifted));
  const level = featureOf({ transform: "levelNovelty", window: 3 }, hourly(shifted));
  assert(Math.max(...seasonal.slice(600, 610)) > 5);
  assert(Math.max(...level.slice(600, 610)) < 0.1);
  assert(Math.max(...seasonal.slice(300, 600)) < 0.5);
});

Deno.test("a metric that was ever constant has novelty 0, and 10 when it moves", () => {
  const novelties = featureOf(
    { transform: "levelNovelty", window: 1 },
    hourly([...new Array(200).fill(0), 1e-300, -0, 1e-30]),
  );
  assertEquals(novelties.slice(199), [0, 0, 0, 10]);
});

Deno.test("a novelty that is reset is like a new one", () => {
  const [used, fresh] = [createNovelty(), createNovelty()];
  for (let bucket = 0; bucket < 500; bucket++) used.push(bucket, bucket % 37);
  used.reset();
  for (let bucket = 2000; bucket < 2300; bucket++) {
    used.push(bucket, bucket % 11);
    fresh.push(bucket, bucket % 11);
    assertEquals(used.current, fresh.current);
  }
});

Deno.test("the default plan gives the same bits when folded from its lookback alone", () => {
  const plan = defaultPlan([{ name: "cpu", kind: "gauge" }], HOUR_MS);
  const samples = hourly(wave(4000).map((value, hour) => hour % 97 < 5 ? undefined : value));
  const uncut = foldSeries(plan, UTC, samples);
  for (let restart = 1200; restart < 4000; restart += 211) {
    const watermark = restart * HOUR_MS;
    const evaluator = createFeatureEvaluator(plan, UTC);
    const start = lookbackStart(plan, watermark);
    for (const sample of samples) if (sample.at >= start) evaluator.add(sample);
    evaluator.advance(watermark);
    const after = uncut.filter(({ bucketAt }) => bucketAt >= watermark);
    assertEquals(evaluator.advance(4000 * HOUR_MS).slice(0, 50), after.slice(0, 50));
  }
});
