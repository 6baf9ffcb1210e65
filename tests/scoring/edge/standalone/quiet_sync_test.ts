import { assertEquals } from "@std/assert";
import { REPORT_EVERY_MS, type StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { atSite, NOW, send, type Site, STREAM, told } from "./site.ts";

Deno.test("a sync tells how the edge is when that has changed, and once a minute", async () =>
  await atSite(async ({ gateway, open }) => {
    const clock = { now: NOW };
    const edge = open({ now: () => clock.now });
    await edge.refreshAssignments();
    const syncedAfter = async (ms: number) => {
      clock.now += ms;
      await edge.sync();
      return gateway.reports.length;
    };
    assertEquals(await syncedAfter(0), 1);
    assertEquals(await syncedAfter(1), 1);
    assertEquals(await syncedAfter(REPORT_EVERY_MS - 2), 1);
    assertEquals(await syncedAfter(1), 2);
    await send(edge, STREAM.slice(0, 10));
    assertEquals(await syncedAfter(1), 3);
    assertEquals([gateway.reports[2].waitingItems, await syncedAfter(1)], [1, 4]);
    assertEquals([gateway.reports[3].waitingItems, await syncedAfter(1)], [0, 4]);
    // A clock that was set back by an hour.
    assertEquals(await syncedAfter(-3_600_000), 5);
    gateway.losesAnswers = 1;
    clock.now += REPORT_EVERY_MS;
    await edge.sync().catch(() => {});
    assertEquals([gateway.reports.length, await syncedAfter(1)], [6, 7]);
  }));

Deno.test("a gateway that has forgotten the edge is told all anew", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 10));
    await edge.sync();
    await edge.sync();
    gateway.ackSeq = 0;
    await edge.sync();
    await edge.sync();
    assertEquals(gateway.epochs.length, 2);
    assertEquals(gateway.reports.at(-1)?.models?.length, 1);
  }));

/** An edge that runs, with a clock of its own; `turns` waits until it has looked some times. */
async function running(
  { gateway, errors, open }: Site,
  work: (edge: StandaloneEdge, clock: { now: number }, turns: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const clock = { now: NOW };
  let looks = 0;
  const now = () => {
    looks++;
    return clock.now;
  };
  const edge = open({ now, syncMs: 1, assignmentsMs: 1, backoffMsMax: 2 });
  const ended = edge.run(stop.signal);
  const turns = async () => {
    const enough = looks + 100;
    await until(() => looks > enough);
  };
  await until(() => gateway.reports.length > 0);
  await work(edge, clock, turns);
  stop.abort();
  await ended;
  assertEquals(errors, []);
}

Deno.test("while its stream is open an edge with nothing to tell asks once a minute", async () =>
  await atSite((site) =>
    running(site, async (edge, clock, turns) => {
      const { gateway } = site;
      await until(() => gateway.listening === 1);
      await turns();
      const before = gateway.syncs;
      await turns();
      assertEquals(gateway.syncs, before);
      clock.now += REPORT_EVERY_MS;
      await until(() => gateway.syncs > before);
      await turns();
      assertEquals(gateway.syncs, before + 1);
      gateway.tell("commands");
      await until(() => gateway.syncs === before + 2);
      await send(edge, STREAM.slice(0, 10));
      await until(() => told(gateway.items).points.length === 10);
    })
  ));

Deno.test("without a stream an edge with nothing to tell asks all the same", async () =>
  await atSite((site) => {
    site.gateway.hasNoStream = true;
    return running(site, async () => {
      const { gateway } = site;
      const { syncs, reports: { length } } = gateway;
      await until(() => gateway.syncs > syncs + 5);
      assertEquals(gateway.reports.length, length);
    });
  }));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
