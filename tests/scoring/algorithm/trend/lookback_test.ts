import { assert } from "@std/assert";
import { ewma } from "../../../../scoring/algorithm/trend/ewma.ts";
import { fourierTrend } from "../../../../scoring/algorithm/trend/fourier_trend.ts";
import { ridgeVar } from "../../../../scoring/algorithm/trend/ridge_var.ts";
import { flatline } from "../../../../scoring/algorithm/trend/rules/flatline.ts";
import { missingData } from "../../../../scoring/algorithm/trend/rules/missing_data.ts";
import { stl } from "../../../../scoring/algorithm/trend/stl.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { assertSameBits, tailOf } from "../conformance_rows.ts";
import { SEASON, wave } from "./seasonal_rows.ts";

for (const algorithm of [ewma, stl, fourierTrend, ridgeVar, flatline, missingData]) {
  Deno.test(`${algorithm.name} looks back no further than it says, over gaps of any length`, () => {
    const fitted = algorithm.fit(wave({ rows: 20 * SEASON, noise: 0.5 }), { seed: 1 });
    const rows = wave({ rows: fitted.lookbackRows + 300, noise: 0.5, seed: 8 });
    const random = createRandom(5);
    for (let row = 0; row < rows.rowCount; row += 1 + random.below(20)) {
      const gap = random.below(4) === 0 ? 60 : 3;
      rows.data.fill(NaN, row, row + gap);
      row += gap;
    }
    const scores = fitted.scoreBatch(rows);
    for (const missed of [1, 40, 150]) {
      const rebuilt = fitted.scoreBatch(tailOf(rows, missed));
      assertSameBits(
        rebuilt.subarray(fitted.lookbackRows),
        scores.subarray(missed + fitted.lookbackRows),
      );
    }
    assert(scores.subarray(fitted.lookbackRows).every(Number.isFinite));
  });
}
