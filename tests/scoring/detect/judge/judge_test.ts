import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  judge,
  openJudge,
  scoreVectors,
  sectionFor,
  severityOf,
  tailOf,
  thresholdFor,
} from "../../../../scoring/detect/mod.ts";
import type { Setting } from "../../../../scoring/detect/mod.ts";
import {
  explainRow,
  pathLengthSum,
  scoreRow,
  unitsPerEdge,
} from "../../../../scoring/forest/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../../scoring/incident/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../../scoring/time/mod.ts";
import { calmHours, fitted, HOUR_MS, MONDAY, vectorAt } from "../rows.ts";
import { forestOf } from "../forest_of.ts";

const model = fitted(calmHours(3 * 168));
const setting: Setting = {
  version: 7,
  detectorId: "detector",
  entityId: "device",
  severityProfile: "smartbox",
  thresholds: {},
  calendar: SMARTBOX_CALENDAR,
  zone: UTC,
  incidents: DEFAULT_INCIDENT_POLICY,
};
const calm = [10, 0, 50, 0];
const wild = [40, 30, 90, 0];
/** Monday 09:00, in business, and Monday 19:00, in the evening, which has no section of its own. */
const [BUSINESS, EVENING] = [MONDAY + 9 * HOUR_MS, MONDAY + 19 * HOUR_MS];

Deno.test("a calm vector is told without contributions", () => {
  const verdict = judge(model, "m", setting, vectorAt(BUSINESS, calm))!;
  const section = sectionFor(model, "business");
  assertEquals(verdict, {
    score: scoreRow(forestOf(section), Float32Array.from(calm)),
    threshold: section.calibration.threshold,
    isAnomaly: false,
    severity: null,
    tail: tailOf(section.calibration, verdict.score),
    confidence: 1 - verdict.tail,
    period: "business",
    modelPeriod: "business",
    contributions: [],
    modelId: "m",
    settingVersion: 7,
  });
});

Deno.test("a wild vector is told with its severity and contributions", () => {
  const verdict = judge(model, "m", setting, vectorAt(BUSINESS, wild))!;
  const { calibration } = sectionFor(model, "business");
  assert(verdict.isAnomaly && verdict.tail < 0.001 && verdict.confidence > 0.999);
  const { score, threshold } = verdict;
  assertEquals(
    verdict.severity,
    severityOf("smartbox", score, threshold, calibration.saturation),
  );
  assertEquals(verdict.contributions.at(-1)?.feature, "calendar.hourSin");
  const cpu = verdict.contributions.find(({ feature }) => feature === "cpu.value")!;
  assertEquals([cpu.value, cpu.expected], [40, calibration.medians[0]]);
});

Deno.test("contributions add up to the expected path length less the row's", () => {
  const { contributions } = judge(model, "m", setting, vectorAt(BUSINESS, wild))!;
  const forest = forestOf(sectionFor(model, "business"));
  const row = Float32Array.from(wild);
  const pathLength = pathLengthSum(forest, row) / unitsPerEdge(forest) / forest.roots.length;
  const sum = contributions.reduce((total, one) => total + one.pathLength, 0);
  assertAlmostEquals(sum, explainRow(forest, row).base - pathLength, 1e-9);
  const shares = contributions.reduce((total, { share }) => total + share, 0);
  assertAlmostEquals(shares, 1, 1e-12);
  const lengths = contributions.map((one) => one.pathLength);
  assertEquals(lengths, lengths.toSorted((left, right) => right - left));
});

Deno.test("a period without a section is judged by any, said so, and trusted less", () => {
  const verdict = judge(model, "m", setting, vectorAt(EVENING, calm))!;
  assertEquals([verdict.period, verdict.modelPeriod], ["evening", "any"]);
  assertEquals(verdict.confidence, (1 - verdict.tail) * 0.9);
});

Deno.test("a model of few rows is trusted less", () => {
  const verdicts = scoreVectors(fitted(calmHours(64)), "m", {
    data: Float32Array.from(wild),
    rowCount: 1,
    columnCount: 4,
  });
  assertEquals(verdicts[0].confidence, (1 - verdicts[0].tail) / 2);
});

Deno.test("the setting's threshold is in force for the sections that it names", () => {
  const strict = { ...setting, thresholds: { business: 0 } };
  assertEquals(judge(model, "m", strict, vectorAt(BUSINESS, calm))!.severity !== null, true);
  assertEquals(judge(model, "m", strict, vectorAt(EVENING, calm))!.isAnomaly, false);
  const odd = { ...setting, thresholds: Object.create({ business: 0 }) };
  const section = sectionFor(model, "business");
  assertEquals(thresholdFor(section, odd), section.calibration.threshold);
});

Deno.test("rows are scored without state, as vectors are judged", () => {
  const rows = { data: Float32Array.from([...calm, ...wild]), rowCount: 2, columnCount: 4 };
  const options = { period: "business", setting };
  assertEquals(
    scoreVectors(model, "m", rows, options),
    [calm, wild].map((row) => judge(model, "m", setting, vectorAt(BUSINESS, row))!),
  );
  const [explained] = scoreVectors(model, "m", rows, { ...options, explain: true });
  assertEquals(explained.contributions.length, 4);
  assertEquals(scoreVectors(model, "m", rows)[0].modelPeriod, "any");
});

Deno.test("rows of another width than the plan are refused", () => {
  const rows = { data: new Float32Array(3), rowCount: 1, columnCount: 3 };
  assertThrows(() => scoreVectors(model, "m", rows), RangeError, "must have 4 values: found 3");
});

Deno.test("a judge tells what is past the threshold, and the same in full when asked", () => {
  const judge = openJudge(model, "m", setting);
  const [quiet, loud] = [calm, wild].map((row) => judge.judge(vectorAt(BUSINESS, row))!);
  assertEquals([quiet.isAnomaly, loud.isAnomaly], [false, true]);
  assertEquals([quiet.rank, loud.rank], [quiet.tell().score, loud.tell().score]);
  assertEquals(quiet.tell().contributions, []);
  assertEquals(quiet.tell(true).contributions.length, 4);
});

Deno.test("a bucket that is not complete is not judged by a forest", () => {
  const vector = vectorAt(BUSINESS, [10, NaN, 50, 0]);
  assertEquals(judge(model, "m", setting, vector), undefined);
});
