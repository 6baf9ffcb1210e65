import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createByteWriter, openBytes } from "../../../../scoring/algorithm/bytes/mod.ts";
import {
  excessOf,
  meanExcess,
  meanOfGreatest,
  residualScale,
} from "../../../../scoring/algorithm/device/residual/excess.ts";
import { excessesOf, explainParts } from "../../../../scoring/algorithm/device/residual/parts.ts";
import { fitResidualModel } from "../../../../scoring/algorithm/device/residual/residual_fit.ts";
import {
  readResidualModel,
  type ResidualModel,
  writeResidualModel,
} from "../../../../scoring/algorithm/device/residual/residual_model.ts";
import { createResidualStream } from "../../../../scoring/algorithm/device/residual/residual_stream.ts";
import {
  fitRidgeVar,
  LAGS,
  predictRow,
} from "../../../../scoring/algorithm/device/residual/ridge_var.ts";
import {
  distanceParts,
  fitShrunkCovariance,
  mahalanobisDistance,
} from "../../../../scoring/algorithm/device/residual/shrunk_covariance.ts";
import { createRowRing } from "../../../../scoring/algorithm/device/series/mod.ts";
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { bellNumbers, matrixOf } from "../rows.ts";
import { changed, DAY_ROWS, hostRows } from "./device_rows.ts";

const model = fitResidualModel(hostRows(300), { dayRows: DAY_ROWS, rowMs: undefined });

/** Each column from both columns of the rows before, and a third that rests. */
function coupledRows(rowCount: number): Matrix {
  const bell = bellNumbers(2);
  const rows = [[0, 0, 1]];
  while (rows.length < rowCount) {
    const [a, b] = rows[rows.length - 1];
    rows.push([0.5 * a + 0.4 * b + bell(), -0.3 * b + bell() + 2, 1]);
  }
  return matrixOf(rows);
}

Deno.test("a ridge autoregression finds by what rows are made", () => {
  const weights = fitRidgeVar(coupledRows(20_000));
  const weight = (lag: number, from: number, to: number) => weights[(lag * 3 + from) * 3 + to];
  assertAlmostEquals(weight(0, 0, 0), 0.5, 0.03);
  assertAlmostEquals(weight(0, 1, 0), 0.4, 0.03);
  assertAlmostEquals(weight(0, 1, 1), -0.3, 0.03);
  assertAlmostEquals(weight(0, 0, 1), 0, 0.03);
  assertAlmostEquals(weight(1, 0, 0), 0, 0.03);
});

Deno.test("a ridge autoregression expects a column that rested to stay where it is", () => {
  const weights = fitRidgeVar(coupledRows(500));
  const ring = createRowRing(new Float32Array(LAGS * 3), 3);
  for (const row of [[1, 2, 1], [0, 1, 1], [3, 2, 7]]) ring.data.set(row, ring.next());
  const predicted = new Float64Array(3);
  predictRow(weights, ring, predicted);
  assertEquals(predicted[2], 7);
});

Deno.test("a Mahalanobis distance takes into account how columns go together", () => {
  const bell = bellNumbers(3);
  const rows = matrixOf(Array.from({ length: 5000 }, () => {
    const both = bell();
    return [both + 0.1 * bell(), both + 0.1 * bell()];
  }));
  const covariance = fitShrunkCovariance(rows, 0);
  const white = new Float64Array(2);
  const along = mahalanobisDistance(covariance, Float64Array.of(2, 2), white);
  const across = mahalanobisDistance(covariance, Float64Array.of(2, -2), white);
  assert(across > 3 * along, `${across} against ${along}`);
  // Variances of 1.01 and a covariance of 1; a tenth of both is taken for the identity.
  assertAlmostEquals(along, 2 * Math.sqrt(2 / (0.9 * 2.01 + 0.101)) / Math.sqrt(2), 0.05);
});

Deno.test("the parts of a distance add up to it where no column brings the row nearer", () => {
  const bell = bellNumbers(3);
  const rows = matrixOf(Array.from({ length: 500 }, () => [bell(), 2 * bell(), 1]));
  const covariance = fitShrunkCovariance(rows, 10);
  const row = Float64Array.of(1, -3, 1);
  const distance = mahalanobisDistance(covariance, row, new Float64Array(3));
  const parts = new Float64Array(3);
  distanceParts(covariance, row, parts);
  assertAlmostEquals(parts.reduce((sum, part) => sum + part, 0), 3 * distance * distance, 1e-6);
});

Deno.test("an excess counts from the scale on, up to 20 of it", () => {
  for (
    const [residual, expected] of [[0, 0], [2, 0], [-2, 0], [4, 1], [-5, 1.5], [1e9, 20]]
  ) assertEquals(excessOf(residual, 2), expected);
  assertEquals(meanExcess(Float64Array.of(4, 0), Float32Array.of(2, 2)), 0.5);
});

Deno.test("the scale of residuals is half of what one row in twenty exceeds", () => {
  const rows = matrixOf(Array.from({ length: 101 }, (_, row) => [row % 2 === 0 ? row : -row, 0]));
  const [first, resting] = residualScale(rows, 0);
  assertAlmostEquals(first, 47.5, 1e-4);
  assertAlmostEquals(resting, 1e-3, 1e-9);
});

Deno.test("what is greatest counts by three columns, or by all of fewer", () => {
  for (
    const [values, expected] of [
      [[1, 2, 3, 4], 3],
      [[4, 3, 2, 1], 3],
      [[2, 9, 1, 7, 8], 8],
      [[5, 5, 5, 0], 5],
      [[6, 0], 3],
      [[6], 6],
    ] as const
  ) assertEquals(meanOfGreatest(Float64Array.from(values)), expected, `${values}`);
});

Deno.test("all parts that are known rank a row; of the first three two must agree", () => {
  const usual = {
    partCenter: Float64Array.of(1, 2, 3, 0, 0),
    partScale: Float64Array.of(1, 2, 4, 1, 0.5),
  };
  const of = (...parts: number[]) => excessesOf(Float64Array.from(parts), usual);
  assertEquals(of(4, 6, 1003, 7, 4), { mean: (3 + 2 + 200 + 7 + 8) / 5, agreed: 3 });
  assertEquals(of(4, 6, NaN, NaN, 4), { mean: (3 + 2 + 8) / 3, agreed: 2.5 });
});

Deno.test("columns share the deviations of each part by what they brought to it", () => {
  const unit = {
    ...model,
    partCenter: new Float64Array(5),
    partScale: new Float64Array(5).fill(1),
  };
  const scales = Float32Array.of(1, 1, 1, 1);
  const simple = {
    ...unit,
    predictionScale: scales,
    seasonScale: scales,
    seasonPredictionScale: scales,
  };
  const residuals = {
    prediction: Float64Array.of(0, 0, 2, 4),
    season: Float64Array.of(5, 0, 0, 2),
    seasonPrediction: Float64Array.of(-3, 0, 1, 0),
    novelty: Float64Array.of(0, 0.3, 0, 0.1),
    isSeasonal: true,
  };
  for (
    const [parts, expected] of [
      [[0, 8, NaN, NaN, 0], [0, 0, 2, 6]],
      [[-1, -1, 10, 0, 0], [8, 0, 0, 2]],
      [[-1, -1, 0, 6, 0], [6, 0, 0, 0]],
      [[-1, -1, 10, 0, 4], [8, 3, 0, 3]],
    ]
  ) {
    const into = new Float64Array(4);
    explainParts(simple, residuals, Float64Array.from(parts), into);
    into.forEach((share, column) => assertAlmostEquals(share, expected[column], 1e-12));
  }
});

Deno.test("a season's errors of prediction that come every day do not count", () => {
  const dayRows = 48;
  const daily = matrixOf(
    Array.from({ length: 10 * dayRows }, (_, row) => [row % dayRows === 20 ? 9 : 0, row % 3]),
  );
  const { range } = fitResidualModel(daily, { dayRows, rowMs: undefined });
  const weights = new Float32Array((LAGS * 2 + 1) * 2);
  const stream = createResidualStream({ weights, range, dayRows });
  const late = changed(daily, 0, 5 * dayRows + 30, () => 9, 5 * dayRows + 31);
  const scaled = (row: number) => late.data.subarray(2 * row, 2 * row + 2);
  for (let row = 0; row <= 5 * dayRows + 20; row++) stream.push(scaled(row));
  assert(stream.prediction[0] > 1);
  assertEquals([stream.season[0], stream.seasonPrediction[0]], [0, 0]);
  for (let row = 5 * dayRows + 21; row <= 5 * dayRows + 30; row++) stream.push(scaled(row));
  assert(stream.season[0] > 1 && stream.seasonPrediction[0] > 1);
});

const KIND = { algorithm: "device_residuals", version: 1, rules: {} };

function restored(written: ResidualModel): ResidualModel {
  const writer = createByteWriter({ ...KIND, parameters: {} });
  writeResidualModel(written, writer);
  const reader = openBytes(writer.finish(), KIND);
  const read = readResidualModel(reader, 4);
  reader.end();
  return read;
}

Deno.test("a model of residuals is what was written", () => assertEquals(restored(model), model));

const { covariance, mean, range } = model;
const unsound: readonly (readonly [string, Partial<ResidualModel>])[] = [
  ["dayRows", { dayRows: 2881 }],
  ["center", { center: Float32Array.of(1, 2, 3) }],
  ["center[0]", { center: Float32Array.of(NaN, 0, 0, 0) }],
  ["scale[3]", { scale: Float32Array.of(1, 1, 1, 0) }],
  ["range.low", { range: { ...range, low: new Float32Array(3) } }],
  ["range.high[2]", {
    range: { ...range, high: range.low.map((low, i) => i === 2 ? low - 1 : low) },
  }],
  ["weights", { weights: model.weights.slice(1) }],
  ["weights[2]", { weights: model.weights.map((weight, i) => i === 2 ? Infinity : weight) }],
  ["covariance.mean", { covariance: { ...covariance, mean: new Float32Array(3) } }],
  ["covariance.factor", { covariance: { ...covariance, factor: new Float32Array(10) } }],
  ["predictionScale[1]", { predictionScale: Float32Array.of(1, -1, 1, 1) }],
  ["seasonScale[0]", { seasonScale: new Float32Array(4) }],
  ["seasonPredictionScale[3]", { seasonPredictionScale: Float32Array.of(1, 1, 1, -0) }],
  ["partCenter", { partCenter: new Float64Array(2) }],
  ["partScale[0]", { partScale: new Float64Array(5) }],
  ["mean.middle", { mean: { ...mean, middle: NaN } }],
  ["agreed.alertRise", { agreed: { ...mean, alertRise: 0 } }],
];

for (const [field, content] of unsound) {
  Deno.test(`a model of residuals with an unsound ${field} is refused by its name`, () => {
    assertThrows(() => restored({ ...model, ...content }), RangeError, field);
  });
}
