import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { FeatureSpec, Sample } from "../../../scoring/features/mod.ts";
import { foldSeries } from "../../../scoring/features/mod.ts";
import { UTC, zoneTransitions } from "../../../scoring/time/mod.ts";
import { featureOf, HOUR_MS, hourly, wave } from "./series.ts";

const _ = undefined;

for (
  const [spec, values, expected] of [
    [{ transform: "value" }, [1, 2, 4], [1, 2, 4]],
    [{ transform: "delta" }, [1, 2, 4], [NaN, 1, 2]],
    [{ transform: "delta", window: 2 }, [1, 2, 4], [NaN, NaN, 3]],
    [{ transform: "lag", window: 1 }, [1, 2, 4], [NaN, 1, 2]],
    [{ transform: "rollingMean", window: 3 }, [1, 2, 6, 10], [NaN, 1.5, 3, 6]],
    [{ transform: "rollingStd", window: 3 }, [1, 3, 2, 2], [NaN, Math.SQRT2, 1, Math.sqrt(1 / 3)]],
    [{ transform: "rollingMin", window: 2 }, [1, 3, 2, 5], [1, 1, 2, 2]],
    [{ transform: "rollingMax", window: 2 }, [1, 3, 2, 5], [1, 3, 3, 5]],
    [{ transform: "residual", window: 2 }, [1, 3, 5, 8], [NaN, 2, 3, 4]],
    // An absent metric carries its last value for two buckets, here in buckets that are silent.
    [{ transform: "delta" }, [5, _, _, 6], [NaN, NaN, NaN, 1]],
    [{ transform: "delta" }, [5, _, _, _, 6], [NaN, NaN, NaN, NaN, NaN]],
  ] as [Omit<FeatureSpec, "metric">, (number | undefined)[], number[]][]
) {
  Deno.test(`${spec.transform}(${spec.window ?? ""}) of ${values} is ${expected}`, () => {
    assertEquals(featureOf(spec, hourly(values)), expected.map(Math.fround));
  });
}

Deno.test("rolling features equal their definition over a long series", () => {
  const values = wave(500);
  const windows = [2, 3, 7, 24, 100];
  for (const window of windows) {
    const means = featureOf({ transform: "rollingMean", window }, hourly(values));
    const spreads = featureOf({ transform: "rollingStd", window }, hourly(values));
    const residuals = featureOf({ transform: "residual", window }, hourly(values));
    for (let hour = window; hour < values.length; hour++) {
      const own = values.slice(hour - window + 1, hour + 1);
      assertAlmostEquals(means[hour], mean(own), 1e-4);
      assertAlmostEquals(spreads[hour], Math.sqrt(squares(own) / (window - 1)), 1e-4);
      const before = values.slice(hour - window, hour);
      assertAlmostEquals(residuals[hour], values[hour] - mean(before), 1e-4);
    }
  }
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squares(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

Deno.test("a constant metric has no spread and no residual, to the bit", () => {
  const samples = hourly(new Array(300).fill(0.1));
  assertEquals(
    new Set(featureOf({ transform: "rollingStd", window: 7 }, samples).slice(10)).size,
    1,
  );
  assertEquals(featureOf({ transform: "rollingStd", window: 7 }, samples)[299], 0);
  assertEquals(featureOf({ transform: "residual", window: 7 }, samples)[299], 0);
});

Deno.test("a window speaks when at least half of it is known", () => {
  const values = [1, ...new Array(9).fill(_), 3, 5, 7, 9, 11];
  const means = featureOf({ transform: "rollingMean", window: 4 }, hourly(values));
  assertEquals(means.slice(10), [NaN, 4, 5, 6, 8]);
});

Deno.test("seasonalResidual is the value less the median of the same time of its last days", () => {
  const values = Array.from({ length: 120 }, (_, hour) => hour);
  values[100] = 1000;
  values[76] = 500;
  const residuals = featureOf({ transform: "seasonalResidual", window: 3 }, hourly(values));
  assertEquals(residuals.slice(0, 24), new Array(24).fill(NaN));
  assertEquals([residuals[24], residuals[50], residuals[99]], [24, 36, 48]);
  assertEquals(residuals[100], 1000 - 52);
  assertEquals(residuals[101], 48);
});

Deno.test("seasonalResidual compares local times across a change of the clocks", () => {
  const [from, until] = [Date.parse("2024-03-20T00:00Z"), Date.parse("2024-04-10T00:00Z")];
  const zone = zoneTransitions("Europe/Berlin", from, until);
  const hours = new Intl.DateTimeFormat("en", {
    timeZone: "Europe/Berlin",
    hour: "numeric",
    hourCycle: "h23",
  });
  // The value is the local hour, so every residual is 0 where that hour is on every day.
  const samples: Sample[] = [];
  for (let at = from; at < until; at += HOUR_MS) {
    samples.push({ metric: 0, at, value: Number(hours.format(at)) });
  }
  const residuals = featureOf({ transform: "seasonalResidual", window: 3 }, samples, { zone });
  const odd = residuals.flatMap((residual, hour) =>
    residual === 0 || Number.isNaN(residual) ? [] : [samples[hour].value]
  );
  // 02:00 does not exist on the day of the change; three days of two hours around it may differ.
  assertEquals(odd.filter((hour) => hour < 1 || hour > 3), []);
});

Deno.test("calendar features are of the bucket's local start", () => {
  const zone = zoneTransitions("Asia/Kolkata", 0, 86_400_000);
  const plan = {
    bucketMs: 30 * 60_000,
    metrics: [{ name: "cpu", kind: "gauge" as const }],
    features: (["hourSin", "hourCos", "weekday"] as const).map((transform) => ({
      metric: "",
      transform,
    })),
  };
  // 18:30 UTC on a Thursday is Friday's midnight there.
  const [vector] = foldSeries(plan, zone, [{ metric: 0, at: 18.5 * HOUR_MS, value: 1 }]);
  assertEquals([...vector.values], [0, 1, 5]);
  const [noon] = foldSeries(plan, UTC, [{ metric: 0, at: 6 * HOUR_MS, value: 1 }]);
  assertAlmostEquals(noon.values[0], 1, 1e-7);
  assertAlmostEquals(noon.values[1], 0, 1e-7);
  assertEquals(noon.values[2], 4);
});
