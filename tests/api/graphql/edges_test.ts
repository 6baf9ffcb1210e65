import { assertEquals } from "@std/assert";
import { resumable } from "../../../api/client/resumable.ts";
import { applySync, commitRebuilt, type Database, type TenantDb } from "../../../domain/mod.ts";
import { addEstate } from "./graphql_fixture.ts";
import { openServer } from "./graphql_server.ts";

function sync(db: Database, tenant: TenantDb, edgeId: string, epoch: string, now: number) {
  const items = { edgeId, epoch, firstSeq: 1, items: [] };
  const deps = { now: () => now, writer: db.writer };
  return commitRebuilt(db.writer, () => applySync(tenant, items, deps));
}

Deno.test("edges are listed with what they are at", async () => {
  await using server = await openServer();
  const { gateway, estate: { tenant }, key } = server;
  const now = Date.now();
  await sync(gateway.db, tenant, "here", "a", now);
  await sync(gateway.db, tenant, "gone", "a", now - 3_600_000);
  const answer = await gateway.ask(
    key,
    `{
      edges { edges { node { name status epoch ackSeq } } }
      edge(name: "here") { lastSeenAt }
      nobody: edge(name: "nobody") { name }
    }`,
  );
  assertEquals(answer.data, {
    edges: {
      edges: [
        { node: { name: "gone", status: "OFFLINE", epoch: "a", ackSeq: 0 } },
        { node: { name: "here", status: "ONLINE", epoch: "a", ackSeq: 0 } },
      ],
    },
    edge: { lastSeenAt: new Date(now).toISOString() },
    nobody: null,
  });
});

Deno.test("an edge shows what it says of itself", async () => {
  await using server = await openServer();
  const { gateway, estate: { tenant }, key } = server;
  const report = {
    version: "0.1.0",
    forwarding: "aggregates",
    waitingItems: 2,
    waitingBytes: 3,
    pointsDropped: 4,
    aggregatesDropped: 5,
    itemsRefused: 6,
    bytesSent: 7,
    bytesSaved: 5e9,
    refusedModels: [{ modelId: "m", detectorId: "d", code: "BUNDLE_HASH", message: "damaged" }],
  };
  const items = { edgeId: "edge-1", epoch: "a", firstSeq: 1, items: [], report };
  const deps = { now: Date.now, writer: gateway.db.writer };
  await commitRebuilt(gateway.db.writer, () => applySync(tenant, items, deps));
  await sync(gateway.db, tenant, "edge-2", "a", Date.now());
  const answer = await gateway.ask(
    key,
    `{ edges { edges { node { report {
      version forwarding waitingItems waitingBytes pointsDropped aggregatesDropped itemsRefused
      bytesSent bytesSaved refusedModels { modelId detectorId code message }
    } } } } }`,
  );
  assertEquals(answer.data, {
    edges: { edges: [{ node: { report } }, { node: { report: null } }] },
  });
});

Deno.test("edgeChanged tells of the tenant's edges, or of one", async () => {
  await using server = await openServer();
  const { gateway: { db }, estate: { tenant }, key, url } = server;
  const rival = await addEstate(db, "rival");
  await sync(db, rival.tenant, "edge-1", "foreign", 0);
  await sync(db, tenant, "edge-1", "a", 1);
  await sync(db, tenant, "edge-2", "a", 2);
  await sync(db, tenant, "edge-1", "b", 3);
  const follow = async (args: string, count: number) => {
    const query = `subscription ($after: Cursor) {
      edgeChanged(after: $after${args}) { cursor at node { name epoch status } }
    }`;
    const told: string[] = [];
    for await (
      const { data } of resumable<
        { edgeChanged: { node: { name: string; epoch: string; status: string } } }
      >({ url, key, query, after: "START" })
    ) {
      const { name, epoch, status } = data.edgeChanged.node;
      told.push(`${name} ${epoch} ${status}`);
      if (told.length === count) break;
    }
    return told;
  };
  assertEquals(await follow("", 3), ["edge-1 a ONLINE", "edge-2 a ONLINE", "edge-1 b ONLINE"]);
  assertEquals(await follow(', name: "edge-1"', 2), ["edge-1 a ONLINE", "edge-1 b ONLINE"]);
});
