import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ForwardingPolicy, SyncItem } from "../../../../scoring/edge/mod.ts";
import { MINUTE_MS, minutes } from "../world.ts";
import { atSite, send, told } from "./site.ts";

/** A day and a half of a device; ten wild minutes in each two hours, or none. */
function pointsOf(isWild: boolean) {
  const shock = (minute: number) => !isWild || minute % 120 < 110 ? 0 : minute % 2 === 0 ? 60 : -25;
  return minutes(2_160, { shock });
}

interface Absence {
  readonly forwarding: ForwardingPolicy;
  readonly isWild: boolean;
  /** Points of one request. */
  readonly batch: number;
  readonly outboxBytesMax: number;
}

/** What a gateway has, and was told to be lost, after it was away for all of the points. */
async function afterAbsence({ forwarding, isWild, batch, outboxBytesMax }: Absence) {
  const points = pointsOf(isWild);
  let outcome = { items: [] as SyncItem[], pointsDropped: 0, aggregatesDropped: 0, bytes: 0 };
  await atSite(async ({ gateway, open }) => {
    let now = points[0].at;
    const edge = open({ forwarding, outboxBytesMax, now: () => now });
    await edge.refreshAssignments();
    gateway.isAway = true;
    for (let from = 0; from < points.length; from += batch) {
      const sent = points.slice(from, from + batch);
      now = sent[sent.length - 1].at + MINUTE_MS;
      await send(edge, sent);
      assert(edge.waitingBytes <= outboxBytesMax);
      await edge.tick();
    }
    const bytes = edge.waitingBytes;
    gateway.isAway = false;
    await edge.sync();
    await edge.sync();
    const { pointsDropped, aggregatesDropped } = gateway.reports.at(-1)!;
    outcome = { items: gateway.items, pointsDropped, aggregatesDropped, bytes };
  });
  return outcome;
}

function sketchesOf(items: readonly SyncItem[]): number {
  return items.filter(({ sketches }) => sketches !== undefined).length;
}

/** What stays whatever is dropped, about: items of findings without their points. */
function bytesOfFindings(items: readonly SyncItem[]): number {
  return items
    .filter(({ anomalies, incidentChanges }) => anomalies.length + incidentChanges.length > 0)
    .reduce((sum, item) => sum + JSON.stringify({ ...item, points: [] }).length + 100, 0);
}

for (const forwarding of ["all", "anomalies", "aggregates"] as const) {
  Deno.test(`with the policy ${forwarding} what a full outbox drops is what it reports, findings never`, async () => {
    const absence = fc.record({
      isWild: fc.boolean(),
      batch: fc.integer({ min: 60, max: 400 }),
      room: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
    });
    let dropped = 0;
    await fc.assert(
      fc.asyncProperty(absence, async ({ isWild, batch, room }) => {
        const shared = { forwarding, isWild, batch };
        const whole = await afterAbsence({ ...shared, outboxBytesMax: 1e9 });
        const outboxBytesMax = Math.floor(bytesOfFindings(whole.items) + room * whole.bytes);
        const cut = await afterAbsence({ ...shared, outboxBytesMax });
        const [had, has] = [told(whole.items), told(cut.items)];
        assertEquals([has.anomalies, has.changes], [had.anomalies, had.changes]);
        assertEquals(has.points.length + cut.pointsDropped, had.points.length);
        // Those that came through are the newest.
        assertEquals(has.points, had.points.slice(cut.pointsDropped));
        assertEquals(sketchesOf(cut.items) + cut.aggregatesDropped, sketchesOf(whole.items));
        if (cut.aggregatesDropped > 0) assertEquals(has.points, []);
        dropped += cut.pointsDropped + cut.aggregatesDropped;
      }),
      { numRuns: 4, seed: 5 },
    );
    assert(dropped > 0);
  });
}
