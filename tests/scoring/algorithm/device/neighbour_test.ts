import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createByteWriter, openBytes } from "../../../../scoring/algorithm/bytes/mod.ts";
import {
  fitNeighbourModel,
  type NeighbourModel,
  readNeighbourModel,
  writeNeighbourModel,
} from "../../../../scoring/algorithm/device/neighbour/neighbour_model.ts";
import {
  nearestDistance,
  nearestStart,
} from "../../../../scoring/algorithm/device/neighbour/nearest_distance.ts";
import {
  isMostlySwitches,
  selectColumns,
  watchedColumns,
} from "../../../../scoring/algorithm/device/neighbour/watched_columns.ts";
import {
  FEATURES_PER_COLUMN,
  WINDOW_ROWS,
  windowFeatures,
} from "../../../../scoring/algorithm/device/neighbour/window_features.ts";
import { createRowRing } from "../../../../scoring/algorithm/device/series/mod.ts";
import { boundedScore } from "../../../../scoring/algorithm/device/watch.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { matrixOf } from "../rows.ts";
import { commandedRows } from "./device_rows.ts";

for (
  const [name, rows, isMostly, watched] of [
    ["two switches and a meter", [[0, 1, 0.5], [1, 1, 2]], true, [2]],
    ["a switch and a constant that is no switch", [[0, -1], [1, -1]], true, [1]],
    ["a switch and two meters", [[0, 2, 3], [1, 4, 5]], false, [1, 2]],
    ["a meter alone", [[0], [0.5]], false, [0]],
    ["switches alone", [[0, 1], [1, NaN]], true, [0, 1]],
  ] as const
) {
  Deno.test(`of ${name} the columns ${watched} are watched`, () => {
    assertEquals(isMostlySwitches(matrixOf(rows)), isMostly);
    assertEquals([...watchedColumns(matrixOf(rows))], [...watched]);
  });
}

Deno.test("columns are selected in their order", () => {
  const selected = selectColumns(matrixOf([[1, 2, 3], [4, 5, 6]]), Uint16Array.of(0, 2));
  assertEquals(selected, matrixOf([[1, 3], [4, 6]]));
});

Deno.test("a window is told by mean, deviation, maximum, minimum and mean step", () => {
  const ring = createRowRing(new Float32Array(WINDOW_ROWS), 1);
  for (let row = 0; row < WINDOW_ROWS + 3; row++) ring.data[ring.next()] = row % 2 === 0 ? 1 : 5;
  const features = new Float32Array(FEATURES_PER_COLUMN);
  windowFeatures(ring, 1, features);
  assertEquals([...features], [3, 2, 5, 1, 4]);
});

Deno.test("the nearest row is found among those that count", () => {
  const references = Float32Array.of(0, 0, 3, 4, 6, 8);
  const row = Float32Array.of(3, 5);
  assertAlmostEquals(nearestDistance(references, row), 1 / Math.sqrt(2), 1e-12);
  assertAlmostEquals(
    nearestDistance(references, row, (index) => index !== 1),
    Math.sqrt(18 / 2),
    1e-12,
  );
  assertEquals(nearestDistance(references, row, () => false), Infinity);
  assertEquals(nearestStart(references, row), 2);
});

const model = fitNeighbourModel(commandedRows(400));
const KIND = { algorithm: "device_residuals", version: 1, rules: {} };

function restored(written: NeighbourModel): NeighbourModel {
  const writer = createByteWriter({ ...KIND, parameters: {} });
  writeNeighbourModel(written, writer);
  const reader = openBytes(writer.finish(), KIND);
  const read = readNeighbourModel(reader, 5);
  reader.end();
  return read;
}

Deno.test("a model of windows keeps at most 256 of one column, and is what was written", () => {
  assertEquals([...model.columns], [3]);
  assertEquals(model.references.length, 256 * FEATURES_PER_COLUMN);
  assertEquals(restored(model), model);
});

Deno.test("a model of windows of many columns keeps fewer of them", () => {
  const random = createRandom(4);
  const columnCount = 20;
  const data = Float32Array.from({ length: 400 * columnCount }, () => random.nextFloat());
  const { references } = fitNeighbourModel({ data, rowCount: 400, columnCount });
  assertEquals(references.length, 122 * columnCount * FEATURES_PER_COLUMN);
});

Deno.test("a model of windows compares those of training with others than their neighbours", () => {
  const ramp = matrixOf(Array.from({ length: 400 }, (_, row) => [row]));
  const { alertDistance } = fitNeighbourModel(ramp);
  // Windows 64 rows apart differ by 64 of a deviation of 115 rows in mean, maximum and minimum.
  assertAlmostEquals(alertDistance, 2 * 64 / 115.47 * Math.sqrt(3 / 5), 0.03);
});

Deno.test("bounded scores are in (0, 1], a half where an alert begins", () => {
  assertEquals([boundedScore(3, 3), boundedScore(9, 3)], [0.5, 0.75]);
  assert(boundedScore(0, 3) > 0);
});

Deno.test("a model of windows knows none after a training shorter than one", () => {
  const short = fitNeighbourModel(commandedRows(WINDOW_ROWS - 1));
  assertEquals(short.references.length, 0);
  assert(short.alertDistance > 0);
});

const unsound: readonly (readonly [string, string, Partial<NeighbourModel>])[] = [
  ["no columns", "columns", { columns: new Uint16Array(0) }],
  ["a column that is not there", "columns[0]", { columns: Uint16Array.of(5) }],
  ["a column that is there twice", "columns", { columns: Uint16Array.of(3, 3) }],
  ["too many centres", "center", { center: new Float32Array(2) }],
  ["a scale of 0", "scale[0]", { scale: new Float32Array(1) }],
  ["a part of a window", "references", { references: model.references.slice(1) }],
  ["a window without numbers", "references[0]", { references: model.references.map(() => NaN) }],
  ["an alert at no distance", "alertDistance", { alertDistance: 0 }],
];

for (const [name, field, content] of unsound) {
  Deno.test(`a model of windows with ${name} is refused by its field`, () => {
    assertThrows(() => restored({ ...model, ...content }), RangeError, field);
  });
}
