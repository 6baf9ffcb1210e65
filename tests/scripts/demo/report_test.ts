import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  durationText,
  judgeIncidents,
  percentiles,
  verdictText,
} from "../../../scripts/demo/report.ts";

const MINUTE_MS = 60_000;
const incident = (device: string, openedAt: number, lastAt: number) => ({
  device,
  openedAt: openedAt * MINUTE_MS,
  lastAt: lastAt * MINUTE_MS,
  bucketMs: 5 * MINUTE_MS,
  state: "CLOSED",
  severity: "HIGH",
  peakScore: 0.75,
  topMetric: "cpu",
  contribution: "cpu.residual(12) 61 %",
});
const window = (device: string, from: number, until: number) => ({
  device,
  from: from * MINUTE_MS,
  until: until * MINUTE_MS,
});

const TOUCHES = [
  ["ends in the bucket before the window", incident("a", 80, 94), false],
  ["its last bucket reaches into the window", incident("a", 80, 96), true],
  ["lies inside", incident("a", 120, 130), true],
  ["covers the window", incident("a", 50, 500), true],
  ["opens with the window's last row", incident("a", 200, 220), true],
  ["opens after the window's last row", incident("a", 201, 220), false],
  ["is another device's", incident("b", 120, 130), false],
] as const;

for (const [title, one, inWindow] of TOUCHES) {
  Deno.test(`an incident that ${title} is ${inWindow ? "in" : "outside"} the window`, () => {
    const verdict = judgeIncidents([one], [window("a", 100, 200)]);
    assertEquals(verdict.incidents[0].inWindow, inWindow);
    assertEquals(verdict.windows, { total: 1, found: inWindow ? 1 : 0 });
    assertEquals(verdict.incidentsOutside, inWindow ? 0 : 1);
  });
}

Deno.test("the table names device, opening, duration, peak, severity and contribution", () => {
  const text = verdictText(judgeIncidents([incident("a", 120, 130)], [window("a", 100, 200)]));
  assertStringIncludes(text, "a       1970-01-01 02:00  15 min  0.750  HIGH");
  assertStringIncludes(text, "cpu.residual(12) 61 %  yes");
  assertStringIncludes(text, "Labelled windows: 1 of 1 found, 0 missed; 0 of 1 incidents outside");
});

for (
  const [minutes, text] of [[0, "0 min"], [5, "5 min"], [85, "1 h 25 min"], [
    3060,
    "2 d 3 h",
  ]] as const
) {
  Deno.test(`${minutes} minutes are written as "${text}"`, () =>
    assertEquals(durationText(minutes * MINUTE_MS), text));
}

Deno.test("percentiles lie between the values of the sample", () => {
  assertEquals(percentiles([]), { p50: null, p99: null });
  assertEquals(percentiles([3, 1, 2]), { p50: 2, p99: 2.98 });
  assertEquals(percentiles(Array.from({ length: 200 }, (_, i) => i + 1)), {
    p50: 100.5,
    p99: 198.01,
  });
});
