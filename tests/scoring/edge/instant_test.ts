import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseInstant } from "../../../scoring/edge/mod.ts";

const INSTANTS: readonly (readonly [string, number | undefined])[] = [
  ["1970-01-01T00:00:00Z", 0],
  ["2026-02-28T23:59:59.999Z", Date.UTC(2026, 1, 28, 23, 59, 59, 999)],
  ["2024-02-29t12:00:00z", Date.UTC(2024, 1, 29, 12)],
  ["2026-01-01 00:00:00+05:30", Date.UTC(2025, 11, 31, 18, 30)],
  ["2026-01-01T00:00:00-08:00", Date.UTC(2026, 0, 1, 8)],
  ["2026-01-01T00:00:00.1234567Z", Date.UTC(2026, 0, 1) + 123],
  ["0099-01-01T00:00:00Z", new Date(0).setUTCFullYear(99, 0, 1)],
  ["2026-01-01T00:00:00", undefined],
  ["2026-01-01", undefined],
  ["2026-02-29T00:00:00Z", undefined],
  ["1900-02-29T00:00:00Z", undefined],
  ["2026-13-01T00:00:00Z", undefined],
  ["2026-00-10T00:00:00Z", undefined],
  ["2026-01-00T00:00:00Z", undefined],
  ["2026-01-01T24:00:00Z", undefined],
  ["2026-12-31T23:59:60Z", undefined],
  ["2026-01-01T00:00:00+24:00", undefined],
  ["+275760-09-13T00:00:00Z", undefined],
  ["2026-01-01T00:00:00Z ", undefined],
  ["1767225600", undefined],
  ["", undefined],
];

for (const [text, expected] of INSTANTS) {
  Deno.test(`parseInstant("${text}") is ${expected}`, () =>
    assertEquals(parseInstant(text), expected));
}

Deno.test("parseInstant reads back every instant that is written as RFC 3339", () =>
  fc.assert(
    fc.property(
      fc.date({
        noInvalidDate: true,
        min: new Date("0001-01-01T00:00:00Z"),
        max: new Date("9999-12-31T23:59:59.999Z"),
      }),
      (date) => assertEquals(parseInstant(date.toISOString()), date.getTime()),
    ),
  ));
