import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { PERIOD_ROWS_MIN, TooFewRowsError } from "../../../../scoring/detect/mod.ts";
import { SMARTBOX_CALENDAR } from "../../../../scoring/time/mod.ts";
import { calmHours, fitted, HOUR_MS, MONDAY, vectorAt } from "../rows.ts";
import { forestOf } from "../forest_of.ts";

const WEEK = 168;

Deno.test("a model has a section for all rows and one for each period with 128 of them", () => {
  const { sections } = fitted(calmHours(8 * WEEK));
  // Per week: business 5 × 10 h, evening 5 × 4 h, night 5 × 10 h, weekend 2 × 14 h and 2 × 10 h.
  assertEquals(sections.map(({ period, calibration }) => [period, calibration.rows]), [
    ["any", 8 * WEEK],
    ["business", 400],
    ["evening", 160],
    ["night", 400],
    ["weekend_day", 224],
    ["weekend_night", 160],
  ]);
});

Deno.test("a period with fewer rows than 128 has no section", () => {
  const sections = (hours: number) =>
    fitted(calmHours(hours)).sections.map(({ period, calibration }) => [
      period,
      calibration.rows,
    ]);
  assertEquals(sections(2 * WEEK), [["any", 2 * WEEK]]);
  const business = sections(3 * WEEK).find(([period]) => period === "business");
  assertEquals(business, ["business", 150]);
  assert(sections(3 * WEEK).every(([, rows]) => Number(rows) >= PERIOD_ROWS_MIN));
});

Deno.test("too few complete rows are an error that says how many are wanted", () => {
  const vectors = [...calmHours(31), ...Array(20).fill(vectorAt(MONDAY, [NaN, 1, 1, 1]))];
  const error = assertThrows(() => fitted(vectors), TooFewRowsError);
  assertEquals([error.rows, error.wanted], [31, 32]);
  assertEquals(error.message, "Cannot fit model as 32 complete rows are needed: found 31");
  assertEquals(forestOf(fitted(calmHours(32)).sections[0]).subsampleSize, 32);
});

Deno.test("rows of suppressed holidays are not learnt from", () => {
  const calendar = { ...SMARTBOX_CALENDAR, holidays: { "2026-01-06": "suppress" as const } };
  const { provenance } = fitted(calmHours(WEEK), { calendar });
  assertEquals(provenance.rows, WEEK - 24);
});

Deno.test("provenance says what was fitted from what", () =>
  assertEquals(
    fitted(calmHours(WEEK), { parameters: { treeCount: 10, subsampleSize: 64 } }).provenance,
    {
      algorithm: "isolation_forest",
      parameters: { treeCount: 10, subsampleSize: 64, grid: 0 },
      seed: 11,
      trainedFrom: MONDAY,
      trainedUntil: MONDAY + (WEEK - 1) * HOUR_MS,
      rows: WEEK,
      thresholdMode: "AUTO",
      contamination: 0.01,
      pagesPerWeek: 1,
    },
  ));

Deno.test("the same rows and seed give the same model, another seed another one", () => {
  const rows = calmHours(3 * WEEK);
  assertEquals(fitted(rows), fitted(rows));
  assertNotEquals(fitted(rows, { seed: 12 }).sections[0], fitted(rows).sections[0]);
});

Deno.test("sections of one model draw samples of their own", () => {
  const [any, business] =
    fitted(calmHours(3 * WEEK), { parameters: { subsampleSize: 32 } }).sections;
  assertNotEquals(forestOf(any).splitValue, forestOf(business).splitValue);
});

for (
  const [field, value] of [
    ["contamination", 0],
    ["contamination", 0.6],
    ["contamination", NaN],
  ] as const
) {
  Deno.test(`a fit with ${field} ${value} is refused by name`, () => {
    assertThrows(() => fitted(calmHours(WEEK), { [field]: value }), RangeError, field);
  });
}

for (
  const [name, value] of [["treeCount", 0], ["subsampleSize", 0], ["grid", 2], [
    "trees",
    9,
  ]] as const
) {
  Deno.test(`a fit with the parameter ${name} ${value} is refused by name`, () => {
    const parameters = { [name]: value };
    assertThrows(() => fitted(calmHours(WEEK), { parameters }), RangeError, name);
  });
}

Deno.test("a fit by an unknown algorithm is refused by name", () => {
  assertThrows(() => fitted(calmHours(WEEK), { algorithm: "oracle" }), RangeError, "oracle");
});

Deno.test("rows of excluded times are not learnt from", () => {
  const excluded = [{ from: MONDAY, until: MONDAY + 24 * HOUR_MS }];
  const { provenance } = fitted(calmHours(WEEK), { excluded });
  assertEquals([provenance.rows, provenance.trainedFrom], [WEEK - 24, excluded[0].until]);
});

Deno.test("constant rows give a model that flags nothing", () => {
  const rows = Array.from(
    { length: 100 },
    (_, hour) => vectorAt(MONDAY + hour * HOUR_MS, [1, 0, 1, 0]),
  );
  const [{ calibration }] = fitted(rows).sections;
  assert(Object.values(calibration).flat().every(Number.isFinite));
  assert(calibration.threshold >= 0.5);
});
