import { assertEquals } from "@std/assert";
import { TENANT_RATE_SHARE } from "../../../api/graphql/limits.ts";
import { resumable } from "../../../api/client/resumable.ts";
import {
  addEstate,
  graphqlRequest,
  incidentOf,
  NOW,
  openGateway,
  tellIncidents,
} from "./graphql_fixture.ts";
import { openServer } from "./graphql_server.ts";

const QUERY = { query: "{ eventCursor }" };

Deno.test("a key that asks too often is told when to come back, and others are not", async () => {
  let now = NOW;
  const rate = { perSecond: 0.5, burst: 2 };
  await using gateway = await openGateway({ requestRate: rate, now: () => now });
  const { tenant } = await addEstate(gateway.db, "acme");
  const { tenant: rival } = await addEstate(gateway.db, "rival");
  const key = await gateway.keyOf(tenant, "viewer");
  const ask = (by = key) => gateway.handle(graphqlRequest(by, QUERY));
  assertEquals([(await ask()).status, (await ask()).status], [200, 200]);
  const refused = await ask();
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "2"]);
  const { errors: [{ extensions }] } = await refused.json();
  assertEquals(extensions, {
    code: "RATE_LIMITED",
    limit: { name: "REQUESTS_PER_SECOND_MAX", value: 0.5 },
    retryAfterSeconds: 2,
  });
  const others = [await gateway.keyOf(tenant, "viewer"), await gateway.keyOf(rival, "viewer")];
  for (const other of others) assertEquals((await ask(other)).status, 200);
  now += 2_000;
  assertEquals([(await ask()).status, (await ask()).status], [200, 429]);
});

Deno.test("a tenant's keys together have a limit of their own", async () => {
  const rate = { perSecond: 1, burst: 1 };
  await using gateway = await openGateway({ requestRate: rate, now: () => NOW });
  const { tenant } = await addEstate(gateway.db, "acme");
  const statuses: number[] = [];
  let last: Response | undefined;
  for (let count = 0; count <= TENANT_RATE_SHARE; count++) {
    const key = await gateway.keyOf(tenant, "viewer");
    last = await gateway.handle(graphqlRequest(key, QUERY));
    statuses.push(last.status);
  }
  assertEquals(statuses, [...Array(TENANT_RATE_SHARE).fill(200), 429]);
  const { errors: [{ extensions: { limit } }] } = await last!.json();
  assertEquals(limit, { name: "TENANT_REQUESTS_PER_SECOND_MAX", value: TENANT_RATE_SHARE });
});

Deno.test("operations of a socket count, and a refused subscription is tried again", async () => {
  let now = NOW;
  const rate = { perSecond: 1, burst: 2 };
  await using server = await openServer({ requestRate: rate, now: () => now });
  const { gateway, estate, key, url } = server;
  const lost: unknown[] = [];
  const stream = resumable<{ incidentChanged: { node: { fingerprint: string } } }>({
    url,
    key,
    transport: "graphql-transport-ws",
    query: `subscription ($after: Cursor) {
      incidentChanged(after: $after) { cursor node { fingerprint } }
    }`,
    after: "START",
    retryMs: { min: 50, max: 100 },
    onLost: (error) => {
      lost.push((error as Error).message);
      now += 1_000;
    },
  });
  // Both of the burst: the subscription comes too early.
  for (let count = 0; count < 2; count++) {
    assertEquals((await gateway.handle(graphqlRequest(key, QUERY))).status, 200);
  }
  const parts = { deviceId: estate.rows.Device, detectorId: estate.rows.Detector };
  const incident = { ...incidentOf(parts, 1, "told"), fingerprint: "told" };
  await tellIncidents(gateway.db, estate.tenant, [{ action: "CREATE", at: NOW, incident }]);
  for await (const { data } of stream) {
    if (data.incidentChanged.node?.fingerprint === "told") break;
  }
  assertEquals(lost, [
    "Cannot run the request as it passes REQUESTS_PER_SECOND_MAX: at most 1",
  ]);
});
