import { assertEquals } from "@std/assert";
import type { KyselyPlugin } from "kysely";
import type { Database } from "../../../domain/mod.ts";
import {
  addEstate,
  type Estate,
  incidentOf,
  openGateway,
  tellIncidents,
} from "./graphql_fixture.ts";
import { addDevice } from "../../domain/fixtures.ts";

/** The database with the reads of its tenants counted. */
function counting(db: Database) {
  const counter = { reads: 0 };
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      counter.reads++;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  const tenant = (tenantId: string) => ({ db: db.reader.withPlugin(plugin), tenantId });
  return { counter, db: { ...db, tenant } };
}

async function addIncidents(db: Database, { tenant, rows }: Estate, count: number) {
  const parts = { deviceId: rows.Device, detectorId: rows.Detector };
  const changes = Array.from({ length: count }, (_, index) => {
    const incident = incidentOf(parts, index + 2, "nested");
    return { action: "CREATE", at: incident.openedAt, incident } as const;
  });
  await tellIncidents(db, tenant, changes);
}

const QUERIES = {
  "incidents with anomalies and timelines": `query ($first: Int!) {
    list: incidents(first: $first) { edges { node {
      id
      anomalies(first: 3) { edges { node { id } } pageInfo { hasNextPage } }
      timeline(first: 3) { edges { node { action state } } }
    } } }
  }`,
  "devices with all their lists": `query ($first: Int!) {
    list: devices(first: $first) { edges { node {
      id
      incidents(first: 2) { edges { node { id anomalies(first: 1) { edges { node { id } } } } } }
      anomalies(first: 2) { edges { node { id } } }
      more: anomalies(first: 1) { edges { node { id } } }
      baselines(first: 2) { edges { node { id } } }
      current: baselines(first: 2, current: true) { edges { node { id } } }
      telemetry(metric: "load", first: 2) { edges { node { value } } }
      series { lastAt }
    } } }
  }`,
} as const;

for (const [name, query] of Object.entries(QUERIES)) {
  Deno.test(`${name} take as many reads for fifty as for two`, async () => {
    let counter = { reads: 0 };
    await using gateway = await openGateway({
      database: (db) => {
        const counted = counting(db);
        counter = counted.counter;
        return counted.db;
      },
    });
    const estate = await addEstate(gateway.db, "acme");
    await addIncidents(gateway.db, estate, 49);
    for (let number = 2; number <= 50; number++) {
      await addDevice(gateway.db, estate.tenant, `pump-${number}`);
    }
    const key = await gateway.keyOf(estate.tenant, "viewer");
    const readsOf = async (first: number) => {
      counter.reads = 0;
      const { data, errors } = await gateway.ask(key, query, { first });
      assertEquals(errors, undefined);
      assertEquals(data.list.edges.length, first);
      return counter.reads;
    };
    const few = await readsOf(2);
    assertEquals(await readsOf(50), few);
  });
}

Deno.test("lists below many rows give what each row alone gives", async () => {
  await using gateway = await openGateway();
  const estate = await addEstate(gateway.db, "acme");
  await addIncidents(gateway.db, estate, 5);
  const key = await gateway.keyOf(estate.tenant, "viewer");
  const fields = `id
    anomalies(first: 1) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
    timeline { edges { cursor node { action at recordedAt } } pageInfo { hasNextPage } }`;
  const { data } = await gateway.ask(key, `{ incidents { edges { node { ${fields} } } } }`);
  assertEquals(data.incidents.edges.length, 6);
  for (const { node } of data.incidents.edges) {
    const alone = await gateway.ask(
      key,
      `query ($id: ID!) { incident(id: $id) { ${fields} } }`,
      { id: node.id },
    );
    assertEquals(alone.data.incident, node);
  }
});

Deno.test("a page that is refused below a row is refused by its limit's name", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "viewer");
  const { errors } = await gateway.ask(
    key,
    "{ devices { edges { node { anomalies(first: 201) { edges { cursor } } } } } }",
  );
  assertEquals(errors?.[0].extensions.limit, { name: "PAGE_SIZE_MAX", value: 200 });
});
