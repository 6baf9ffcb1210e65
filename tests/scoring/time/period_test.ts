import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  isSuppressed,
  LITERAL_SMARTBOX_CALENDAR,
  localTime,
  periodAt,
  type PeriodCalendar,
  type PeriodRule,
  periodsOf,
  SMARTBOX_CALENDAR,
  UTC,
  validateCalendar,
  zoneTransitions,
} from "../../../scoring/time/mod.ts";

const MINUTE_MS = 60_000;
const at = (iso: string) => Date.parse(iso);
const YEAR = [at("2024-01-01T00:00Z"), at("2025-01-01T00:00Z")] as const;

/** 2024-06-03 is a Monday. */
for (
  const [instant, period, literal] of [
    ["2024-06-03T00:00", "weekend_night", "weekend_night"],
    ["2024-06-03T07:59", "weekend_night", "weekend_night"],
    ["2024-06-03T08:00", "business", "business"],
    ["2024-06-03T17:59", "business", "business"],
    ["2024-06-03T18:00", "evening", "evening"],
    ["2024-06-03T21:59", "evening", "evening"],
    ["2024-06-03T22:00", "night", "night"],
    ["2024-06-04T05:59", "night", "night"],
    ["2024-06-04T06:00", "night", "GAP"],
    ["2024-06-04T07:59", "night", "GAP"],
    ["2024-06-07T22:00", "night", "night"],
    ["2024-06-08T05:59", "night", "night"],
    ["2024-06-08T07:59", "night", "GAP"],
    ["2024-06-08T08:00", "weekend_day", "weekend_day"],
    ["2024-06-08T22:00", "weekend_night", "weekend_night"],
    ["2024-06-09T07:59", "weekend_night", "weekend_night"],
    ["2024-06-09T21:59", "weekend_day", "weekend_day"],
    ["2024-06-09T23:59", "weekend_night", "weekend_night"],
  ] as const
) {
  Deno.test(`R1 R2: ${instant} is ${period}, ${literal} in the literal calendar`, () => {
    assertEquals(periodAt(SMARTBOX_CALENDAR, UTC, at(`${instant}Z`)), period);
    assertEquals(periodAt(LITERAL_SMARTBOX_CALENDAR, UTC, at(`${instant}Z`)), literal);
  });
}

for (
  const name of [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
  ]
) {
  Deno.test(`every minute of a year in ${name} is in exactly one period, by its local time`, () => {
    const zone = zoneTransitions(name, ...YEAR);
    for (let instant = YEAR[0]; instant < YEAR[1]; instant += MINUTE_MS) {
      const period = periodAt(SMARTBOX_CALENDAR, zone, instant);
      const { weekday, minute } = localTime(zone, instant);
      const covering = SMARTBOX_CALENDAR.rules.filter((rule) => covers(rule, weekday, minute));
      // Not assertEquals: half a million comparisons of strings it would build.
      assert(covering.length === 1 && covering[0].period === period, `${instant} is ${period}`);
    }
  });
}

/** The rule read word by word, on a week of ten-thousand minutes. */
function covers({ days, fromMinute, toMinute }: PeriodRule, weekday: number, minute: number) {
  const length = toMinute > fromMinute ? toMinute - fromMinute : 1440 - fromMinute + toMinute;
  return days.some((day) => {
    const since = (weekday - day) * 1440 + minute - fromMinute;
    return (since >= 0 && since < length) || (since + 7 * 1440 < length && since + 7 * 1440 >= 0);
  });
}

for (
  const [day, minutes, hours] of [
    ["2024-03-31T22:00Z", 9 * 60, "23 h: the night before it is one hour short"],
    ["2024-10-27T23:00Z", 11 * 60, "25 h: the night before it is one hour long"],
  ] as const
) {
  Deno.test(`R3: a local day of ${hours}`, () => {
    const zone = zoneTransitions("Europe/Berlin", ...YEAR);
    let night = 0;
    for (let instant = at(day) - 30 * 3_600_000; instant < at(day); instant += MINUTE_MS) {
      const local = localTime(zone, instant);
      const isEve = local.weekday === 6 ? local.minute >= 22 * 60 : local.minute < 8 * 60;
      if (isEve && periodAt(SMARTBOX_CALENDAR, zone, instant) === "weekend_night") night++;
    }
    assertEquals(night, minutes);
  });
}

const HOLIDAYS: PeriodCalendar = {
  ...SMARTBOX_CALENDAR,
  holidays: { "2024-12-25": "weekend", "2024-12-26": "suppress" },
};

for (
  const [instant, period, suppressed] of [
    ["2024-12-24T23:00", "night", false],
    ["2024-12-25T07:00", "night", false],
    ["2024-12-25T08:00", "weekend_day", false],
    ["2024-12-25T22:00", "weekend_night", false],
    ["2024-12-26T07:59", "weekend_night", true],
    ["2024-12-26T08:00", "business", true],
    ["2024-12-26T23:59", "night", true],
    ["2024-12-27T00:00", "night", false],
  ] as const
) {
  Deno.test(`R4: with holidays ${instant} is ${period}${suppressed ? ", suppressed" : ""}`, () => {
    assertEquals(periodAt(HOLIDAYS, UTC, at(`${instant}Z`)), period);
    assertEquals(isSuppressed(HOLIDAYS, UTC, at(`${instant}Z`)), suppressed);
  });
}

Deno.test("a calendar without rules has only GAP", () => {
  assertEquals(periodAt({ rules: [] }, UTC, 0), "GAP");
  assertEquals(isSuppressed({ rules: [] }, UTC, 0), false);
});

Deno.test("the first rule in the calendar's order wins where two overlap", () => {
  const days = [1, 2, 3, 4, 5, 6, 7];
  const lunch = { period: "lunch", days, fromMinute: 720, toMinute: 780 };
  const always = { period: "always", days, fromMinute: 0, toMinute: 1440 };
  assertEquals(periodAt({ rules: [lunch, always] }, UTC, 730 * MINUTE_MS), "lunch");
  assertEquals(periodAt({ rules: [always, lunch] }, UTC, 730 * MINUTE_MS), "always");
});

Deno.test("periodsOf names each period once", () => {
  assertEquals(
    periodsOf(SMARTBOX_CALENDAR).toSorted(),
    ["business", "evening", "night", "weekend_day", "weekend_night"],
  );
});

const RULE = { period: "a", days: [1], fromMinute: 0, toMinute: 60 };
for (
  const [field, calendar] of [
    ["rules[0].period", { rules: [{ ...RULE, period: "any" }] }],
    ["rules[0].period", { rules: [{ ...RULE, period: "GAP" }] }],
    ["rules[0].period", { rules: [{ ...RULE, period: "" }] }],
    ["rules[1].days", { rules: [RULE, { ...RULE, days: [0] }] }],
    ["rules[0].days", { rules: [{ ...RULE, days: [] }] }],
    ["rules[0].fromMinute", { rules: [{ ...RULE, fromMinute: 1440 }] }],
    ["rules[0].toMinute", { rules: [{ ...RULE, toMinute: 0.5 }] }],
    ["rules", { rules: new Array(101).fill(RULE) }],
    ["holidays", { rules: [RULE], holidays: { "2023-02-29": "weekend" } }],
    ['holidays["2024-02-29"]', { rules: [RULE], holidays: { "2024-02-29": "x" } }],
  ] as [string, PeriodCalendar][]
) {
  Deno.test(`validateCalendar refuses ${JSON.stringify(calendar).slice(0, 80)}`, () => {
    assertThrows(() => validateCalendar(calendar), RangeError, `as ${field} must`);
  });
}

Deno.test("validateCalendar takes the shipped calendars", () => {
  validateCalendar(SMARTBOX_CALENDAR);
  validateCalendar(LITERAL_SMARTBOX_CALENDAR);
  validateCalendar(HOLIDAYS);
});
