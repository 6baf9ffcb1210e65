import { assert, assertEquals, assertThrows } from "@std/assert";
import { openJudge, type ThresholdMode } from "../../../../scoring/detect/mod.ts";
import type { ModelFitOptions, Setting } from "../../../../scoring/detect/mod.ts";
import type { FeatureVector } from "../../../../scoring/features/mod.ts";
import { episodesOf } from "../../../../scoring/evaluate/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../../scoring/incident/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../../scoring/time/mod.ts";
import { calmHours, fitted, HOUR_MS, MONDAY, vectorAt } from "../rows.ts";

const WEEK = 168;
/** Business hours with so many features far off, in two hours in a row. */
const WILD: readonly (readonly [hour: number, features: number])[] = [
  [34, 1],
  [202, 1],
  [250, 2],
  [394, 3],
  [538, 4],
];
const FAR = [40, 30, 90, 9];

function withWild(hours: typeof WILD): readonly FeatureVector[] {
  return calmHours(4 * WEEK).map((vector, hour) => {
    const wild = hours.find(([at]) => hour === at || hour === at + 1);
    if (!wild) return vector;
    const values = [...vector.values].map((value, i) => i < wild[1] ? FAR[i] + hour / 1000 : value);
    return vectorAt(vector.bucketAt, values);
  });
}

const vectors = withWild(WILD);

const setting: Setting = {
  version: 1,
  detectorId: "detector",
  entityId: "device",
  severityProfile: "smartbox",
  thresholds: {},
  calendar: SMARTBOX_CALENDAR,
  zone: UTC,
  incidents: DEFAULT_INCIDENT_POLICY,
};

/** First hours of the episodes of two or more anomalous buckets. */
function pages(thresholdMode: ThresholdMode, more: Partial<ModelFitOptions>): number[] {
  const rows = more.vectors ?? vectors;
  const judge = openJudge(fitted(rows, { thresholdMode, ...more }), "m", setting);
  const alerts = Uint8Array.from(rows, (one) => judge.judge(one)?.isAnomaly ? 1 : 0);
  return episodesOf(alerts).filter(([first, last]) => last > first).map(([first]) => first);
}

for (const pagesPerWeek of [0.3, 0.6, 0.8]) {
  Deno.test(`a budget of ${pagesPerWeek} pages a week is kept, and what pages is the worst`, () => {
    const paged = pages("BUDGET", { pagesPerWeek });
    const worst = WILD.slice(-Math.floor(pagesPerWeek * 4)).map(([hour]) => hour);
    assert(paged.length <= pagesPerWeek * 4 && paged.length > 0);
    assert(paged.every((hour) => worst.includes(hour)), `${paged}`);
  });
}

Deno.test("a tuned threshold finds the labelled times and nothing else", () => {
  const far = WILD.slice(3);
  const labels = far.map(([hour]) => (
    { from: MONDAY + hour * HOUR_MS, until: MONDAY + (hour + 2) * HOUR_MS }
  ));
  assertEquals(pages("TUNED", { labels, vectors: withWild(far) }), far.map(([hour]) => hour));
});

Deno.test("a threshold is not tuned without labels among the training rows", () => {
  for (const labels of [[], [{ from: 0, until: 1 }]]) {
    assertThrows(() => fitted(vectors, { thresholdMode: "TUNED", labels }), RangeError, "labels");
  }
});

Deno.test("labelled times are not learnt", () => {
  const labels = [{ from: MONDAY, until: MONDAY + 10 * HOUR_MS }];
  assertEquals(fitted(vectors, { labels }).provenance.rows, vectors.length - 10);
});

Deno.test("a budget of no pages is refused by name", () => {
  assertThrows(() => fitted(vectors, { pagesPerWeek: 0 }), RangeError, "pagesPerWeek");
});
