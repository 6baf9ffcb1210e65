import { assert, assertEquals } from "@std/assert";
import { fitModel, judge, type Setting } from "../../../../scoring/detect/mod.ts";
import { defaultPlan, type FeatureVector, foldSeries } from "../../../../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../../scoring/incident/mod.ts";
import { createRandom, sin } from "../../../../scoring/numeric/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../../scoring/time/mod.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BUCKET_MS = 300_000;
const SHOCK_MS = 1_800_000;
const SUNDAY = Date.UTC(2026, 4, 24);
const MONDAY = SUNDAY + DAY_MS;
const PLAN = defaultPlan([{ name: "load", kind: "gauge" }], BUCKET_MS);
const TIME = { calendar: SMARTBOX_CALENDAR, zone: UTC };

const SETTING: Setting = {
  ...TIME,
  version: 1,
  detectorId: "d",
  entityId: "e",
  severityProfile: "smartbox",
  thresholds: {},
  incidents: DEFAULT_INCIDENT_POLICY,
};

/** From days before Sunday to the end of Monday, wild for half an hour of Monday. */
function vectorsWith(shockAt: number, seed: number): FeatureVector[] {
  const noise = createRandom(seed);
  const count = 5 * DAY_MS / BUCKET_MS;
  const samples = Array.from({ length: count }, (_, index) => {
    const at = SUNDAY - 3 * DAY_MS + index * BUCKET_MS;
    const isWild = at >= shockAt && at < shockAt + SHOCK_MS;
    const shock = isWild ? (index % 2 === 0 ? 60 : -25) : 0;
    const course = 10 * sin(at % DAY_MS / DAY_MS * 6.283185307179586);
    return { metric: 0, at, value: 30 + course + 4 * noise.nextFloat() + shock };
  });
  return foldSeries(PLAN, UTC, samples);
}

for (
  const [when, hour, period] of [
    ["noon", 12, "business"],
    ["evening", 19, "evening"],
    ["night", 2, "weekend_night"],
  ] as const
) {
  Deno.test(`a model of a Sunday finds a shock of Monday's ${when} by what it learnt of all Sunday`, () => {
    for (const seed of [1, 2, 3]) {
      const shockAt = MONDAY + hour * HOUR_MS;
      const vectors = vectorsWith(shockAt, seed);
      const sunday = vectors.filter(({ bucketAt }) => bucketAt >= SUNDAY && bucketAt < MONDAY);
      const fit = { ...TIME, detectorId: "d", entityId: "e", plan: PLAN, vectors: sunday, seed };
      const model = fitModel({ ...fit, algorithm: "isolation_forest" });
      assertEquals(model.sections.map((section) => section.period), ["any", "weekend_day"]);
      const verdicts = vectors
        .filter(({ bucketAt }) => bucketAt >= shockAt && bucketAt < shockAt + SHOCK_MS)
        .map((vector) => judge(model, "m", SETTING, vector)!);
      assertEquals(verdicts.map((verdict) => [verdict.period, verdict.modelPeriod]), [
        ...Array(SHOCK_MS / BUCKET_MS).fill([period, "any"]),
      ]);
      const found = verdicts.filter(({ isAnomaly }) => isAnomaly).length;
      assert(found >= SHOCK_MS / BUCKET_MS / 2, `${found} of seed ${seed}`);
    }
  });
}
