import type { EdgeReport } from "../../../scoring/edge/mod.ts";
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
    models: [{ modelId: "m0", detectorId: "d", deviceId: "p" }],
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
      models { modelId detectorId deviceId }
    } } } } }`,
  );
  assertEquals(answer.data, {
    edges: { edges: [{ node: { report } }, { node: { report: null } }] },
  });
});

Deno.test("the models of an edge stay known until it tells others", async () => {
  await using server = await openServer();
  const { gateway, estate: { tenant }, key } = server;
  const told = {
    version: "0.1.0",
    forwarding: "all",
    waitingItems: 0,
    waitingBytes: 0,
    pointsDropped: 0,
    aggregatesDropped: 0,
    itemsRefused: 0,
    bytesSent: 0,
    bytesSaved: 0,
    refusedModels: [],
  };
  const modelsAfter = async (report: EdgeReport) => {
    const items = { edgeId: "edge-1", epoch: "a", firstSeq: 1, items: [], report };
    const deps = { now: Date.now, writer: gateway.db.writer };
    await commitRebuilt(gateway.db.writer, () => applySync(tenant, items, deps));
    const query = `{ edge(name: "edge-1") { report { models { modelId } } } }`;
    const { edge } = (await gateway.ask(key, query)).data as {
      edge: { report: { models: { modelId: string }[] } };
    };
    return edge.report.models.map(({ modelId }) => modelId);
  };
  const models = [{ modelId: "m0", detectorId: "d", deviceId: "p" }];
  assertEquals(await modelsAfter({ ...told, models }), ["m0"]);
  assertEquals(await modelsAfter(told), ["m0"]);
  assertEquals(await modelsAfter({ ...told, models: [] }), []);
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
