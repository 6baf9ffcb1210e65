import { assertEquals } from "@std/assert";
import {
  applySync,
  commitRebuilt,
  type Edge,
  EDGE_SILENT_MS,
  findEdge,
  listEdges,
  tellSilentEdges,
} from "../../../domain/mod.ts";
import { addTenant, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const MINUTE_MS = 60_000;

async function openGateway() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { writer, events } = test.db;
  const sync = (at: number, edgeId = "edge-1", epoch = "a") => {
    const items = { edgeId, epoch, firstSeq: 1, items: [] };
    return commitRebuilt(writer, () => applySync(tenant, items, { now: () => at, writer }));
  };
  const told = async () => {
    const types = ["edge.changed"] as const;
    const found = await events.read(tenant.tenantId, { after: 0, types, limit: 100 });
    return found.map(({ subjectId, payload }) => {
      const { epoch, last_seen_at, status } = payload as Edge;
      const away = status === "offline" ? " offline" : "";
      return `${subjectId} ${epoch} ${last_seen_at - NOW}${away}`;
    });
  };
  return { test, tenant, sync, told };
}

Deno.test("an edge that syncs every second is told of when it is new and once a minute", async () => {
  const { test, sync, told } = await openGateway();
  await using _ = test;
  for (let at = 0; at < 2 * MINUTE_MS; at += 10_000) await sync(NOW + at);
  assertEquals(await told(), ["edge-1 a 0", `edge-1 a ${MINUTE_MS}`]);
});

Deno.test("an edge that begins anew is told of at once, and each one for itself", async () => {
  const { test, sync, told } = await openGateway();
  await using _ = test;
  await sync(NOW);
  await sync(NOW + 1, "edge-2");
  await sync(NOW + 2, "edge-1", "b");
  await sync(NOW + 3, "edge-1", "b");
  assertEquals(await told(), ["edge-1 a 0", "edge-2 a 1", "edge-1 b 2"]);
});

Deno.test("an edge that is silent for long is offline until it comes back", async () => {
  const { test, tenant, sync, told } = await openGateway();
  await using _ = test;
  await sync(NOW);
  const statusAt = async (now: number) => (await findEdge(tenant, "edge-1", now))?.status;
  assertEquals(await statusAt(NOW + EDGE_SILENT_MS - 1), "online");
  assertEquals(await statusAt(NOW + EDGE_SILENT_MS), "offline");
  for (const after of [-1, 0, 1]) await tellSilentEdges(test.db, NOW + EDGE_SILENT_MS + after);
  await sync(NOW + EDGE_SILENT_MS + 1);
  await tellSilentEdges(test.db, NOW + EDGE_SILENT_MS + 1);
  assertEquals(await statusAt(NOW + EDGE_SILENT_MS + 1), "online");
  const back = `edge-1 a ${EDGE_SILENT_MS + 1}`;
  assertEquals(await told(), ["edge-1 a 0", "edge-1 a 0 offline", back]);
});

Deno.test("edges are listed by name, page by page, each tenant's own", async () => {
  const { test, tenant, sync } = await openGateway();
  await using _ = test;
  for (const name of ["c", "a", "b"]) await sync(NOW, name);
  const { tenant: rival } = await addTenant(test.db, "rival");
  const first = await listEdges(tenant, { first: 2 }, NOW);
  assertEquals([first.items.map(({ edge_id }) => edge_id), first.hasNext], [["a", "b"], true]);
  const next = await listEdges(tenant, { first: 2, after: ["b"] }, NOW);
  assertEquals([next.items.map(({ edge_id }) => edge_id), next.hasNext], [["c"], false]);
  assertEquals((await listEdges(rival, { first: 2 }, NOW)).items, []);
  assertEquals(await findEdge(rival, "a", NOW), undefined);
});
