import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  localTime,
  minuteOfDayAt,
  UTC,
  weekdayAt,
  zoneTransitions,
} from "../../../scoring/time/mod.ts";
import { formatDate, parseDate } from "../../../scoring/time/civil_date.ts";

const at = (iso: string) => Date.parse(iso);
const zoneIn2024 = (zone: string) =>
  zoneTransitions(zone, at("2024-01-01T00:00Z"), at("2025-01-01T00:00Z"));

for (
  const [zone, instant, date, weekday, minute] of [
    ["Europe/Berlin", "2024-03-31T00:59:59.999Z", "2024-03-31", 7, 119],
    ["Europe/Berlin", "2024-03-31T01:00:00Z", "2024-03-31", 7, 180],
    ["Europe/Berlin", "2024-10-27T00:59:00Z", "2024-10-27", 7, 179],
    ["Europe/Berlin", "2024-10-27T01:00:00Z", "2024-10-27", 7, 120],
    ["America/New_York", "2024-03-01T02:00:00Z", "2024-02-29", 4, 1260],
    ["Asia/Kolkata", "2024-12-31T18:30:00Z", "2025-01-01", 3, 0],
    ["Pacific/Kiritimati", "2024-06-01T10:00:00Z", "2024-06-02", 7, 0],
    ["Australia/Lord_Howe", "2024-04-06T15:00:00Z", "2024-04-07", 7, 90],
  ] as const
) {
  Deno.test(`localTime of ${instant} in ${zone} is ${date}, minute ${minute}`, () => {
    const transitions = zoneIn2024(zone);
    assertEquals(localTime(transitions, at(instant)), { date, weekday, minute });
    assertEquals(minuteOfDayAt(transitions, at(instant)), minute);
    assertEquals(weekdayAt(transitions, at(instant)), weekday);
  });
}

Deno.test("localTime in UTC equals the platform's date of any instant", () => {
  const years = { min: at("0001-01-01T00:00Z"), max: at("9999-12-31T23:59:59.999Z") };
  fc.assert(fc.property(fc.integer(years), (instant) => {
    const date = new Date(instant);
    assertEquals(localTime(UTC, instant), {
      date: date.toISOString().slice(0, 10),
      weekday: date.getUTCDay() || 7,
      minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
    });
  }));
});

Deno.test("parseDate reads what formatDate writes", () => {
  fc.assert(fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) => {
    assertEquals(parseDate(formatDate(day)), day);
  }));
});

for (const date of ["2023-02-29", "2024-13-01", "2024-00-10", "24-01-01", "2024-1-1", "", "x"]) {
  Deno.test(`parseDate knows no day "${date}"`, () => assertEquals(parseDate(date), undefined));
}
