import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  countIncidents,
  countIncidentsByKind,
  incidentRates,
  kindRates,
  type RowRange,
} from "../../../scoring/evaluate/mod.ts";

function alertsAt(rows: number, ranges: readonly RowRange[]): Uint8Array {
  return Uint8Array.from(
    { length: rows },
    (_, row) => ranges.some(([first, last]) => row >= first && row <= last) ? 1 : 0,
  );
}

const RANGES = [
  { kind: "spike", range: [100, 102] },
  { kind: "drift", range: [200, 299] },
  { kind: "spike", range: [400, 402] },
] as const;

Deno.test("good episodes and delays go to the kind that they meet", () => {
  const alerts = alertsAt(600, [[101, 103], [250, 260]]);
  const [spike, drift] = countIncidentsByKind(alerts, RANGES);
  assertEquals(spike, {
    kind: "spike",
    ranges: 2,
    goodEpisodes: 1,
    falseEpisodes: 0,
    delays: [1],
  });
  assertEquals(drift, {
    kind: "drift",
    ranges: 1,
    goodEpisodes: 1,
    falseEpisodes: 0,
    delays: [50],
  });
  assertEquals(kindRates([spike]), { precision: 1, recall: 0.5, f1: 2 / 3, medianDelayRows: 1 });
});

Deno.test("kinds bear false episodes by their part of the ranges", () => {
  const alerts = alertsAt(600, [[20, 22], [101, 103], [500, 501], [550, 552]]);
  const [spike, drift] = countIncidentsByKind(alerts, RANGES);
  assertEquals([spike.falseEpisodes, drift.falseEpisodes], [2, 1]);
  assertAlmostEquals(kindRates([spike]).precision, 1 / 3);
  assertEquals([kindRates([drift]).precision, kindRates([drift]).f1], [0, 0]);
});

Deno.test("an episode over two kinds counts once, for the first", () => {
  const counts = countIncidentsByKind(alertsAt(50, [[10, 29]]), [
    { kind: "late", range: [20, 29] },
    { kind: "early", range: [10, 19] },
  ]);
  assertEquals(counts.map(({ goodEpisodes, delays }) => [goodEpisodes, delays]), [
    [0, [0]],
    [1, [0]],
  ]);
});

Deno.test("all kinds together are what countIncidents says", () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 420, maxLength: 420, max: 9 }), (draws) => {
      const alerts = draws.map((draw) => draw === 0 ? 1 : 0);
      const whole = countIncidents(alerts, RANGES.map(({ range }) => range));
      const kinds = countIncidentsByKind(alerts, RANGES);
      const sum = (part: "ranges" | "goodEpisodes" | "falseEpisodes") =>
        kinds.reduce((total, one) => total + one[part], 0);
      assertEquals([sum("ranges"), sum("goodEpisodes")], [whole.ranges, whole.goodEpisodes]);
      assertAlmostEquals(sum("falseEpisodes"), whole.episodes - whole.goodEpisodes);
      const { recall } = incidentRates([whole]);
      assertAlmostEquals(kinds.flatMap(({ delays }) => delays).length / whole.ranges, recall);
    }),
    { numRuns: 50 },
  ));
