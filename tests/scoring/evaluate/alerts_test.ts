import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  alertRates,
  countAlerts,
  countIncidents,
  episodesOf,
  incidentRates,
  markedRows,
} from "../../../scoring/evaluate/mod.ts";

Deno.test("rows are pooled over series before rates are taken", () => {
  const counts = [
    countAlerts([1, 1, 0, 0], [1, 0, 1, 0]),
    countAlerts([0, 0, 1], [0, 0, 1]),
  ];
  assertEquals(counts[0], {
    truePositives: 1,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 1,
  });
  // TP 2, FP 1, FN 1, TN 3.
  const { f1, far, mar } = alertRates(counts);
  assertAlmostEquals(f1, 2 / 3, 1e-12);
  assertEquals([far, mar], [1 / 4, 1 / 3]);
});

Deno.test("always alerting has an F1 of its own, which its false alarms give away", () => {
  const { f1, far, mar } = alertRates([countAlerts([1, 1, 1, 1], [1, 1, 0, 0])]);
  assertAlmostEquals(f1, 2 / 3, 1e-12);
  assertEquals([far, mar], [1, 0]);
});

const alertsAt = (...rows: number[]) => markedRows(200, rows.map((row) => [row, row]));

Deno.test("alerts up to five rows apart are one episode", () => {
  assertEquals(episodesOf(alertsAt(10, 11, 17, 24)), [[10, 17], [24, 24]]);
  assertEquals(episodesOf([]), []);
});

Deno.test("an episode is good when half of its rows are near a range", () => {
  const range = [100, 109] as const;
  const goodOf = (...rows: number[]) => countIncidents(alertsAt(...rows), [range]).goodEpisodes;
  assertEquals(goodOf(95), 1);
  assertEquals(goodOf(94), 0);
  // Rows 90 to 99: the last five of ten are near.
  assertEquals(goodOf(90, 95, 99), 1);
  assertEquals(goodOf(89, 94, 98), 0);
});

Deno.test("a range is found by an alert of a good episode inside it, with the delay from its start", () => {
  const { delays } = countIncidents(alertsAt(98, 103, 150), [[100, 109], [148, 149]]);
  assertEquals(delays, [3]);
});

Deno.test("alerting all the time finds nothing", () => {
  const counts = countIncidents(markedRows(200, [[0, 199]]), [[100, 109]]);
  const { precision, recall, f1 } = incidentRates([counts]);
  assertEquals([precision, recall, f1], [0, 0, 0]);
});

Deno.test("incident rates are taken over all series together", () => {
  const counts = [
    countIncidents(alertsAt(20, 102), [[100, 109]]),
    countIncidents(alertsAt(55), [[50, 59], [150, 159]]),
  ];
  assertEquals(incidentRates(counts), {
    precision: 2 / 3,
    recall: 2 / 3,
    f1: 2 / 3,
    falseEpisodesPer10kRows: 25,
    medianDelayRows: 3.5,
  });
});
