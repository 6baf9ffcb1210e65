import { assert, assertEquals, assertThrows } from "@std/assert";
import { deviceResiduals, deviceWatch } from "../../../../scoring/algorithm/mod.ts";
import { createByteWriter } from "../../../../scoring/algorithm/bytes/mod.ts";
import { describeAlgorithm } from "../conformance.ts";
import { headOf, rowOf, tailOf } from "../conformance_rows.ts";
import { changed, DAY_ROWS, hostRows } from "../device/device_rows.ts";

describeAlgorithm(deviceWatch);

const TRAIN_ROWS = 1200;
const rows = hostRows(2000);
const train = headOf(rows, TRAIN_ROWS);
const later = tailOf(rows, TRAIN_ROWS);
const options = { seed: 1, parameters: { day_rows: DAY_ROWS } };
const watched = deviceWatch.fit(train, options);
const residuals = deviceResiduals.fit(train, options);

/** Column 2, the queue, shows its value of row 400 for 30 rows. */
const stuckAt = later.data[400 * 4 + 2];
const stuck = changed(later, 2, 400, () => stuckAt, 430);

Deno.test("device_watch is device_residuals as long as all that moves goes on moving", () => {
  assertEquals(watched.scoreBatch(later), residuals.scoreBatch(later));
  assertEquals([watched.alerts, watched.scale], [residuals.alerts, residuals.scale]);
});

Deno.test("device_watch alerts on a metric that stands still, by its name, until it moves", () => {
  const scorer = watched.open();
  const { threshold, release } = watched.alerts!;
  const alarms: number[] = [];
  for (let row = 0; row < 440; row++) {
    const score = scorer.push(rowOf(stuck, row));
    alarms.push(scorer.alarm!);
    assert(!(score < scorer.alarm!) || row < 409 || row > 429);
    if (row === 420) assertEquals([...scorer.explain()], [0, 0, 1, 0]);
    if (row === 420) assertEquals(scorer.expected!().length, 4);
  }
  assert(alarms.slice(380, 409).every((alarm) => alarm <= threshold));
  assert(alarms.slice(409, 430).every((alarm) => alarm > threshold));
  assert(alarms.slice(436).every((alarm) => alarm <= release));
});

Deno.test("device_watch stands still for as many rows as it is told", () => {
  const { parameters } = options;
  const patient = deviceWatch.fit(train, {
    ...options,
    parameters: { ...parameters, still_rows: 40 },
  });
  assertEquals(patient.scoreBatch(stuck), residuals.scoreBatch(stuck));
});

Deno.test("device_watch refuses bytes whose parts do not go together", () => {
  const parameters = { day_rows: 0, still_rows: 10 };
  const writer = createByteWriter({ algorithm: "device_watch", version: 1, parameters });
  writer.integer(2);
  writer.bytes(Uint8Array.of(1, 1));
  writer.bytes(residuals.serialize());
  assertThrows(() => deviceWatch.restore(writer.finish()), RangeError, "have 2 columns");
});
