import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseDuration, printDuration } from "../../../schema/core/duration.ts";
import { parseInstant } from "../../../schema/core/instant.ts";

const INSTANTS: readonly (readonly [string, number | undefined])[] = [
  ["1970-01-01T00:00:00Z", 0],
  ["1970-01-01T00:00:00.250Z", 250],
  ["1970-01-01t01:00:00+01:00", 0],
  ["1969-12-31T23:59:59.999Z", -1],
  ["2026-02-28T00:00:00Z", Date.UTC(2026, 1, 28)],
  ["2026-02-30T00:00:00Z", undefined],
  ["2026-13-01T00:00:00Z", undefined],
  ["2026-01-01T25:00:00Z", undefined],
  ["2026-01-01T00:00:00", undefined],
  ["2026-01-01", undefined],
  ["1767225600000", undefined],
  ["+275760-09-13T00:00:00Z", undefined],
  ["", undefined],
];

for (const [text, ms] of INSTANTS) {
  Deno.test(`parseInstant(${JSON.stringify(text)}) is ${ms}`, () =>
    assertEquals(parseInstant(text), ms));
}

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ["PT0S", 0],
  ["PT30M", 1_800_000],
  ["P1DT12H", 129_600_000],
  ["P2W", 1_209_600_000],
  ["PT0.25S", 250],
  ["PT1H1M1.001S", 3_661_001],
  ["P", undefined],
  ["PT", undefined],
  ["P1DT", undefined],
  ["P1Y", undefined],
  ["P1M", undefined],
  ["-PT1S", undefined],
  ["1800", undefined],
];

for (const [text, ms] of DURATIONS) {
  Deno.test(`parseDuration(${JSON.stringify(text)}) is ${ms}`, () =>
    assertEquals(parseDuration(text), ms));
}

Deno.test("a duration that is printed is read as what it was", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e12 }), (ms) => {
    assertEquals(parseDuration(printDuration(ms)), ms);
  }));
});
