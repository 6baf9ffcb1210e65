import { assert } from "@std/assert";
import { fourierTrend } from "../../../../scoring/algorithm/trend/fourier_trend.ts";
import { describeAlgorithm } from "../conformance.ts";
import { meanError, SEASON, wave } from "./seasonal_rows.ts";

describeAlgorithm(fourierTrend);

const fit = (rise: number) =>
  fourierTrend.fit(wave({ rows: 40 * SEASON, noise: 0.5, rise }), { seed: 1 });

for (const rise of [0, 0.02]) {
  Deno.test(`fourier_trend expects rows that rise by ${rise} better than a season ago did`, () => {
    const scorer = fit(rise).open();
    const later = wave({ rows: 20 * SEASON, noise: 0.5, rise, phase: 5, seed: 9 });
    const own: (number | undefined)[] = [];
    const naive: (number | undefined)[] = [];
    for (let row = 0; row < later.rowCount; row++) {
      const score = scorer.push(later.data.subarray(row, row + 1));
      const isKnown = !Number.isNaN(score);
      own.push(isKnown ? scorer.expected!()[0] : undefined);
      naive.push(isKnown ? later.data[row - SEASON] : undefined);
    }
    const [ours, theirs] = [meanError(own, later), meanError(naive, later)];
    // A season ago errs by the noise of two rows: √2 times that of one.
    assert(ours < 0.85 * theirs, `${ours}, ${theirs}`);
  });
}

Deno.test("fourier_trend's interval holds about as many rows as its level says", () => {
  const scorer = fit(0).open();
  const later = wave({ rows: 60 * SEASON, noise: 0.5, seed: 5 });
  let [inside, count] = [0, 0];
  for (let row = 0; row < later.rowCount; row++) {
    const score = scorer.push(later.data.subarray(row, row + 1));
    if (Number.isNaN(score)) continue;
    const { low, high } = scorer.interval!();
    const isInside = later.data[row] >= low[0] && later.data[row] <= high[0];
    assert(isInside === score <= 1);
    inside += isInside ? 1 : 0;
    count++;
  }
  assert(inside / count > 0.975 && inside / count < 1, `${inside / count}`);
});

Deno.test("fourier_trend finds an ordinary value at the wrong time of day", () => {
  const later = wave({ rows: 10 * SEASON, noise: 0.3, seed: 5 });
  const place = 9 * SEASON + 6;
  later.data[place] = 15;
  const fitted = fit(0);
  const scores = fitted.scoreBatch(later);
  assert(scores[place] > 5 * fitted.alerts!.threshold, `${scores[place]}`);
});
