import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { scoreByProduct } from "../../../scripts/evaluate/product.ts";
import type { Subject } from "../../../scripts/evaluate/subject.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";

const ROWS = 800;

/** Two metrics that jump at row 500, with uneven time stamps where there are any. */
function subjectOf({ trainRows, timed }: { trainRows: number; timed: boolean }): Subject {
  const random = createRandom(5);
  const values = Float64Array.from(
    { length: 2 * ROWS },
    (_, cell) => random.nextFloat() + (cell >= 1000 && cell < 1040 ? 4 : 0),
  );
  let at = Date.UTC(2026, 0, 5);
  const times = Float64Array.from({ length: ROWS }, () => at += 60_000 * (4 + random.below(3)));
  const table = { columns: ["a", "b"], rowCount: ROWS, values, times: timed ? times : undefined };
  const kind = trainRows === 0 ? "stream" : "prefix";
  return { kind, table, trainRows, scoredFrom: trainRows, cadenceMs: 300_000 };
}

function cutAt(subject: Subject, rowCount: number): Subject {
  const { table } = subject;
  const values = table.values.slice(0, rowCount * table.columns.length);
  const times = table.times?.slice(0, rowCount);
  return { ...subject, table: { ...table, rowCount, values, times } };
}

for (
  const { what, ...options } of [
    { what: "a stream", trainRows: 0, timed: true },
    { what: "a series with training rows", trainRows: 300, timed: true },
    { what: "rows without time", trainRows: 300, timed: false },
  ]
) {
  const subject = subjectOf(options);
  const whole = scoreByProduct(subject, 3);

  Deno.test(`scores and alerts of ${what} do not depend on rows to come`, () =>
    fc.assert(
      fc.property(fc.integer({ min: subject.scoredFrom + 1, max: ROWS - 1 }), (rowCount) => {
        const { scores, alerts } = scoreByProduct(cutAt(subject, rowCount), 3);
        assertEquals(scores, whole.scores.slice(0, scores.length));
        assertEquals(alerts, whole.alerts.slice(0, alerts.length));
      }),
      { numRuns: 6 },
    ));

  Deno.test(`a jump in ${what} scores high and alerts`, () => {
    const jump = 500 - subject.scoredFrom;
    const calm = Math.max(...whole.scores.slice(jump - 50, jump));
    assert(Math.max(...whole.scores.slice(jump, jump + 10)) > calm);
    assert(!whole.alerts.slice(jump - 50, jump).includes(1));
    assert(whole.alerts.slice(jump, jump + 20).includes(1));
  });
}

Deno.test("a row without any number is not judged", () => {
  const subject = subjectOf({ trainRows: 300, timed: false });
  subject.table.values.fill(NaN, 2 * 600, 2 * 601);
  const { scores, alerts } = scoreByProduct(subject, 3);
  assertEquals([scores[300], alerts[300]], [0, 0]);
  assert(scores[310] > 0);
});
