import { assert, assertAlmostEquals } from "@std/assert";
import { stl } from "../../../../scoring/algorithm/trend/stl.ts";
import { describeAlgorithm } from "../conformance.ts";
import { SEASON, wave } from "./seasonal_rows.ts";

describeAlgorithm(stl);

for (const rise of [0, 0.5]) {
  Deno.test(`stl expects a wave without noise that rises by ${rise} a row`, () => {
    const scorer = stl.fit(wave({ rows: 400, noise: 0, rise }), { seed: 1 }).open();
    const later = wave({ rows: 200, noise: 0, rise, phase: 11 });
    for (let row = 0; row < 200; row++) {
      if (Number.isNaN(scorer.push(later.data.subarray(row, row + 1)))) continue;
      assertAlmostEquals(scorer.expected!()[0], later.data[row], 0.5 * rise + 1e-4);
    }
  });
}

Deno.test("stl finds an ordinary value at the wrong time of day", () => {
  const fitted = stl.fit(wave({ rows: 40 * SEASON, noise: 0.3 }), { seed: 1 });
  const later = wave({ rows: 10 * SEASON, noise: 0.3, seed: 5 });
  const place = 9 * SEASON + 6;
  later.data[place] = 15;
  assert(fitted.scoreBatch(later)[place] > 5);
});

Deno.test("stl passes over an outlier of an earlier season", () => {
  const fitted = stl.fit(wave({ rows: 40 * SEASON, noise: 0.1 }), { seed: 1 });
  const expectation = (change: number) => {
    const later = wave({ rows: 8 * SEASON, noise: 0.1, seed: 5 });
    later.data[6 * SEASON] += change;
    const scorer = fitted.open();
    for (let row = 0; row <= 7 * SEASON; row++) scorer.push(later.data.subarray(row, row + 1));
    return scorer.expected!()[0];
  };
  // The outlier is in the season's place, and in one of the averages the trend is made of.
  const moved = Math.abs(expectation(100) - expectation(0));
  assert(moved < 100 / SEASON * 2.6, `${moved}`);
});
