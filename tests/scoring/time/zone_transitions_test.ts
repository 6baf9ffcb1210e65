import { assertEquals, assertThrows } from "@std/assert";
import { offsetMinutesAt, UTC, zoneTransitions } from "../../../scoring/time/mod.ts";

const at = (iso: string) => Date.parse(iso);
const YEARS = [at("2023-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")] as const;

Deno.test("zoneTransitions finds the instants at which a zone sets its clocks", () => {
  const berlin = zoneTransitions("Europe/Berlin", at("2024-01-01T00:00Z"), at("2025-01-01T00:00Z"));
  assertEquals(berlin, {
    zone: "Europe/Berlin",
    from: at("2024-01-01T00:00Z"),
    until: at("2025-01-01T00:00Z"),
    at: [at("2024-01-01T00:00Z"), at("2024-03-31T01:00Z"), at("2024-10-27T01:00Z")],
    offsetMinutes: [60, 120, 60],
  });
});

Deno.test("zoneTransitions of a zone without changes has one offset", () => {
  const kolkata = zoneTransitions("Asia/Kolkata", ...YEARS);
  assertEquals(kolkata.offsetMinutes, [330]);
});

for (
  const zone of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"]
) {
  Deno.test(`offsetMinutesAt equals the runtime's own offset in ${zone}`, () => {
    const transitions = zoneTransitions(zone, ...YEARS);
    const hour = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    for (let instant = YEARS[0]; instant < YEARS[1]; instant += 5 * 3_600_000) {
      const name = hour.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value;
      assertEquals(offsetMinutesAt(transitions, instant), minutesOf(name ?? ""));
    }
  });
}

function minutesOf(name: string): number {
  const parts = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name);
  if (!parts) throw new Error(`Unexpected offset "${name}"`);
  const minutes = Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0);
  return parts[1] === "-" ? -minutes : minutes;
}

Deno.test("the first and the last offset hold outside the span covered", () => {
  const berlin = zoneTransitions("Europe/Berlin", at("2024-05-01T00:00Z"), at("2024-12-01T00:00Z"));
  assertEquals(offsetMinutesAt(berlin, at("1999-01-01T00:00Z")), 120);
  assertEquals(offsetMinutesAt(berlin, at("2050-07-01T00:00Z")), 60);
  assertEquals(offsetMinutesAt(UTC, at("1969-07-20T20:17Z")), 0);
});

Deno.test("an offset begins with its transition's own millisecond", () => {
  const berlin = zoneTransitions("Europe/Berlin", at("2024-01-01T00:00Z"), at("2025-01-01T00:00Z"));
  assertEquals(offsetMinutesAt(berlin, at("2024-03-31T01:00Z") - 1), 60);
  assertEquals(offsetMinutesAt(berlin, at("2024-03-31T01:00Z")), 120);
});

for (
  const [title, zone, from, until] of [
    ["a zone that does not exist", "Mars/Olympus", 0, 1],
    ["an empty name", "", 0, 1],
    ["a span that ends before it begins", "UTC", 1, 0],
    ["a span without end", "UTC", 0, Infinity],
    ["NaN", "UTC", NaN, 1],
  ] as const
) {
  Deno.test(`zoneTransitions refuses ${title}`, () => {
    assertThrows(() => zoneTransitions(zone, from, until), RangeError, `zone "${zone}"`);
  });
}
