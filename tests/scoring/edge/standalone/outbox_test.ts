import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { GatewayError } from "../../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { OutboxFullError } from "../../../../scoring/edge/store.ts";
import {
  listDeadLetters,
  Outbox,
  readCounts,
} from "../../../../scoring/edge/standalone/outbox/mod.ts";
import { DEAD_LETTERS_MAX } from "../../../../scoring/edge/standalone/outbox/dead_letters.ts";
import {
  decodePoints,
  encodePoints,
} from "../../../../scoring/edge/standalone/outbox/point_block.ts";
import { openTables } from "../../../../scoring/edge/standalone/store/mod.ts";
import type { SyncItem } from "../../../../scoring/edge/mod.ts";
import { anomalyOf, incidentOf } from "../../../domain/edge/effects_fixtures.ts";
import { atSite, send, STREAM, told } from "./site.ts";

/** An outbox in memory with its database. */
function openOutbox(bytesMax = 1e9) {
  const database = openSqlite(":memory:");
  openTables(database);
  let epochs = 0;
  const newEpoch = () => `epoch-${++epochs}`;
  const outbox = new Outbox(database, { bytesMax, newEpoch, now: () => 7 });
  const add = (...items: SyncItem[]) => database.transaction(() => outbox.add(items)).settle();
  return { database, outbox, add };
}

/** `count` points of a device; nothing else has happened. */
function pointsItem(count: number, from = 0): SyncItem {
  const points = Array.from({ length: count }, (_, index) => (
    { metricId: "load", at: from + index, value: index / 7, late: false }
  ));
  return { deviceId: "pump", points, watermark: from, anomalies: [], incidentChanges: [] };
}

const INCIDENT = incidentOf("pump");

function findingItem(count: number): SyncItem {
  return {
    ...pointsItem(count),
    anomalies: [anomalyOf(INCIDENT)],
    incidentChanges: [{ action: "CREATE", at: 1, incident: INCIDENT }],
  };
}

function sketchItem(): SyncItem {
  const sketch = {
    metricId: "load",
    period: "night",
    from: 0,
    until: 9,
    sketch: "x".repeat(2_000),
  };
  return { ...pointsItem(0), sketches: [sketch] };
}

Deno.test("points are packed and unpacked to the same bits, in their order", () => {
  const point = fc.record({
    metricId: fc.constantFrom("cpu", "é", "a".repeat(36)),
    at: fc.integer({ min: 315_532_800_000, max: 2 ** 50 }),
    value: fc.double({ noNaN: true }),
    late: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(point), (points) => {
    assertEquals(decodePoints(encodePoints(points)), points);
  }));
});

Deno.test("a packed point of a series takes a tenth of its JSON", () => {
  const { points } = pointsItem(1_000, Date.UTC(2026, 0, 1));
  const ratio = JSON.stringify(points).length / encodePoints(points).length;
  assert(ratio > 5, `${ratio}`);
});

Deno.test("damaged points are a range error or other points, never anything else", () => {
  const bytes = encodePoints(pointsItem(20, Date.UTC(2026, 0, 1)).points);
  fc.assert(fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(40), (at, byte, cut) => {
    const damaged = bytes.slice(0, bytes.length - cut);
    if (at < damaged.length) damaged[at] = byte;
    try {
      decodePoints(damaged);
    } catch (error) {
      assert(error instanceof RangeError);
    }
  }));
});

Deno.test("a full outbox drops the oldest points, then aggregates, never what was found", () => {
  const { database, outbox, add } = openOutbox(8_000);
  add(pointsItem(50), findingItem(50), sketchItem());
  for (let from = 50; from < 1_000; from += 50) add(pointsItem(50, from));
  assert(outbox.waitingBytes <= 8_000);
  assertEquals(readCounts(database).aggregatesDropped, 0);
  const { items, firstSeq } = outbox.next("edge");
  assertEquals(firstSeq, 2);
  assertEquals([items[0].points.length, items[0].anomalies.length], [0, 1]);
  const waiting = database.all("select total(point_count) as points from outbox")[0].points;
  assertEquals(readCounts(database).pointsDropped + Number(waiting), 50 * 21);
  assertThrows(() => {
    for (;;) add(findingItem(0));
  }, OutboxFullError);
  assertEquals(readCounts(database).aggregatesDropped, 1);
  const kinds = database.all("select distinct kind from outbox");
  assertEquals(kinds.map(({ kind }) => kind), ["FINDING"]);
});

Deno.test("what is left after a drop follows a gap that is no mistake", () => {
  const { outbox, add } = openOutbox(1_200);
  for (let from = 0; from < 300; from += 50) add(pointsItem(50, from));
  const request = outbox.next("edge");
  assert(request.firstSeq > 1);
  assertEquals(request.isAfterGap, true);
  outbox.acknowledge(request.firstSeq + request.items.length - 1);
  add(pointsItem(1));
  assertEquals(outbox.next("edge").isAfterGap, undefined);
});

Deno.test("the bytes and items that wait are what the file holds, whatever happens", () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat(60) }),
    fc.record({ acknowledge: fc.nat(30) }),
    fc.record({ aside: fc.nat(30) }),
    fc.record({ finding: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { database, outbox, add } = openOutbox(3_000);
      const reason = { code: "ITEM_INVALID", field: "", message: "" };
      for (const taken of steps) {
        if ("add" in taken) add(pointsItem(taken.add));
        else if ("finding" in taken) {
          try {
            add(findingItem(taken.finding));
          } catch (error) {
            assert(error instanceof OutboxFullError);
          }
        } else if ("acknowledge" in taken) outbox.acknowledge(taken.acknowledge);
        else outbox.setAside(taken.aside, reason);
        const [row] = database.all("select total(bytes) as bytes, count(*) as n from outbox");
        assertEquals([outbox.waitingBytes, outbox.waitingItems], [row.bytes, row.n]);
        assert(outbox.waitingBytes <= 3_000);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("a new epoch tells what waits from 1 on, and leaves the file as it is", () => {
  const { database, outbox, add } = openOutbox();
  add(pointsItem(1), pointsItem(2), pointsItem(3), pointsItem(4));
  outbox.acknowledge(2);
  const rows = () => database.all("select seq from outbox order by seq").map(({ seq }) => seq);
  const again = new Outbox(database, { bytesMax: 1e9, newEpoch: () => "new", now: () => 7 });
  assertEquals(rows(), [3, 4]);
  const { epoch, firstSeq, items, isAfterGap } = again.next("edge");
  assertEquals([epoch, firstSeq, items.length, isAfterGap], ["new", 1, 2, undefined]);
  database.transaction(() => again.add([pointsItem(5)])).settle();
  again.acknowledge(2, [{ seq: 2, code: "DEVICE_UNKNOWN", field: "", message: "" }]);
  assertEquals([rows(), again.next("edge").firstSeq], [[5], 3]);
  assertEquals(listDeadLetters(database, 9).length, 1);
  again.acknowledge(3);
  again.startEpoch();
  database.transaction(() => again.add([pointsItem(6)])).settle();
  assertEquals(again.next("edge").firstSeq, 1);
});

Deno.test("an item whose bytes are damaged is set aside, and the others go on", () => {
  const { database, outbox, add } = openOutbox();
  add(pointsItem(1), pointsItem(2), pointsItem(3));
  database.run("update outbox set body = '{' where seq = 1");
  database.run("update outbox set points = x'ff' where seq = 3");
  const request = outbox.next("edge");
  assertEquals([request.firstSeq, request.items.length, request.isAfterGap], [2, 1, true]);
  assertEquals(listDeadLetters(database, 9).map(({ code }) => code), [
    "ITEM_DAMAGED",
    "ITEM_DAMAGED",
  ]);
});

Deno.test("dead letters are bounded, their count is not", () => {
  const { database, outbox, add } = openOutbox();
  const count = DEAD_LETTERS_MAX + 5;
  for (let seq = 1; seq <= count; seq++) add(pointsItem(0));
  const refused = Array.from({ length: count }, (_, index) => (
    { seq: index + 1, code: "DEVICE_UNKNOWN", field: "deviceId", message: `${index}` }
  ));
  outbox.acknowledge(count, refused);
  assertEquals(database.all("select 1 from dead_letters").length, DEAD_LETTERS_MAX);
  assertEquals(readCounts(database).itemsRefused, count);
  assertEquals(listDeadLetters(database, 1)[0].message, `${count - 1}`);
});

Deno.test("one refused item does not hold back the others, and is reported", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    for (let from = 0; from < 30; from += 10) await send(edge, STREAM.slice(from, from + 10));
    gateway.refuses = ({ points }) => points.some(({ at }) => at === STREAM[12].at);
    await edge.sync();
    assertEquals(edge.waitingBytes, 0);
    const expected = [...STREAM.slice(0, 10), ...STREAM.slice(20, 30)];
    assertEquals(told(gateway.items).points, expected.map(({ at, value }) => [at, value]));
    await edge.sync();
    assertEquals(gateway.reports.at(-1)?.itemsRefused, 1);
  }));

Deno.test("an item for which a gateway refuses the whole request is found and set aside", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    for (let from = 0; from < 70; from += 10) await send(edge, STREAM.slice(from, from + 10));
    gateway.rejects = ({ items }) =>
      items.some(({ points }) => points.some(({ at }) => at === STREAM[35].at));
    await edge.sync();
    assertEquals(edge.waitingBytes, 0);
    assertEquals(told(gateway.items).points.length, 60);
    assertEquals(gateway.reports.at(-1)?.itemsRefused, 1);
  }));

Deno.test("nothing is set aside when the gateway refuses even a sync without items", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 10));
    gateway.rejects = () => true;
    await assertRejects(() => edge.sync(), GatewayError);
    gateway.rejects = () => false;
    await edge.sync();
    assertEquals(told(gateway.items).points.length, 10);
  }));
