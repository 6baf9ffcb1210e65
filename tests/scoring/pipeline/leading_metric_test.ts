import { assert, assertEquals } from "@std/assert";
import { defaultDetection, fitModel, type Setting } from "../../../scoring/detect/mod.ts";
import { foldSeries } from "../../../scoring/features/mod.ts";
import type { Assigned, DevicePoint } from "../../../scoring/pipeline/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";
import { apply, emptyStore, MINUTE_MS, noiseOf, restarted, START } from "./world.ts";

const METRICS = ["cpu", "memory", "requests"];
const TRAINING_MINUTES = 4 * 1440;
const DAY_MINUTES = 1440;

/** Three metrics that rise and fall together, with the last one off by so much. */
function minuteAt(minute: number, noise: () => number, shift: number): DevicePoint[] {
  const day = (minute + TRAINING_MINUTES) % DAY_MINUTES / DAY_MINUTES;
  const wave = 1 - Math.abs(2 * day - 1);
  return METRICS.map((metric, index) => ({
    metric,
    at: START + minute * MINUTE_MS,
    value: 50 + 10 * (index + 1) * wave + noise() + (index === 2 ? shift : 0),
  }));
}

function watching(): Assigned {
  const metrics = METRICS.map((name) => ({ name, kind: "gauge" as const }));
  const { algorithm, plan, incidents } = defaultDetection(metrics, MINUTE_MS);
  const noise = noiseOf(3);
  const samples = Array.from(
    { length: TRAINING_MINUTES },
    (_, minute) => minuteAt(minute - TRAINING_MINUTES, noise, 0),
  ).flat().map(({ metric, ...rest }) => ({ metric: METRICS.indexOf(metric), ...rest }));
  const scope = {
    detectorId: "detector-0",
    entityId: "device",
    calendar: SMARTBOX_CALENDAR,
    zone: UTC,
  };
  const vectors = foldSeries(plan, UTC, samples);
  const setting: Setting = {
    ...scope,
    version: 1,
    severityProfile: "smartbox",
    thresholds: {},
    incidents,
  };
  const model = fitModel({ ...scope, plan, vectors, algorithm, seed: 7 });
  return { detectorId: scope.detectorId, modelId: "model-0", model, setting };
}

Deno.test("an anomaly of a device names the metric that is off, and is one incident", () => {
  const stored = emptyStore();
  const pipeline = restarted(stored, [watching()]);
  const noise = noiseOf(4);
  for (let minute = 0; minute < 180; minute++) {
    apply(stored, pipeline.fold(minuteAt(minute, noise, minute >= 90 ? 60 : 0)));
  }
  assert(stored.anomalies.length > 0);
  const { topMetric, value, expected } = stored.anomalies[0];
  assertEquals(topMetric, "requests");
  assert(value - expected > 30, `seen ${value}, expected ${expected}`);
  assertEquals(stored.incidents.size, 1);
  const [{ pattern }] = stored.incidents.values();
  assertEquals(pattern[0], { metric: "requests", direction: "HIGH" });
});
