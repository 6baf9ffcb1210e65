import { assertEquals } from "@std/assert";
import { METRICS_MAX } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { encodeGlobalId } from "../../../schema/core/global_id.ts";
import { addDevice, addMetric, addTenant } from "../../domain/fixtures.ts";
import { addQuarantinedSeries, NOW, openGateway } from "./graphql_fixture.ts";

const LIST = `query ($first: Int, $after: String, $edge: String, $dismissed: Boolean) {
  quarantinedSeries(first: $first, after: $after, edge: $edge, dismissed: $dismissed) {
    edges { node { device metric edge points lastValue } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const ACCEPT = `mutation ($id: ID!) {
  acceptQuarantinedSeries(input: { id: $id }) {
    __typename
    ... on AcceptQuarantinedSeriesSuccess { quarantinedSeries { device metric } }
    ... on QuotaExceeded { quota }
  }
}`;

const DISMISS = `mutation ($id: ID!) {
  dismissQuarantinedSeries(input: { id: $id }) {
    __typename
    ... on DismissQuarantinedSeriesSuccess { quarantinedSeries { dismissedAt dismissedBy } }
  }
}`;

async function opened() {
  const gateway = await openGateway({ now: () => NOW });
  const { tenant } = await addTenant(gateway.db);
  const engineer = await gateway.keyOf(tenant, "engineer");
  const list = async (variables: Record<string, unknown> = {}) => {
    const { data } = await gateway.ask(engineer, LIST, variables);
    const { edges, pageInfo } = data.quarantinedSeries;
    // deno-lint-ignore no-explicit-any -- a test asserts on whatever is there
    const names = edges.map(({ node }: any) => `${node.device} ${node.metric} ${node.edge}`);
    return { names, ...pageInfo };
  };
  const add = async (change: Parameters<typeof addQuarantinedSeries>[2]) =>
    encodeGlobalId("QuarantinedSeries", await addQuarantinedSeries(gateway.db, tenant, change));
  return { gateway, tenant, engineer, list, add };
}

Deno.test("a series in quarantine tells how its sender names it and what it would become", async () => {
  const { gateway, engineer, add } = await opened();
  await using _ = gateway;
  const id = await add({ edgeId: "site-1" });
  const query = `query ($id: ID!) { node(id: $id) { ... on QuarantinedSeries {
    edge device metric unit dataType source name labels points
    firstSeenAt lastSeenAt lastAt lastValue dismissedAt
  } } }`;
  const { data } = await gateway.ask(engineer, query, { id });
  assertEquals(data.node, {
    edge: "site-1",
    device: "pump-new",
    metric: "pressure",
    unit: "bar",
    dataType: "GAUGE",
    source: "TOPIC",
    name: "pressure",
    labels: { topic: "site/pump-new/pressure" },
    points: 3,
    firstSeenAt: new Date(NOW).toISOString(),
    lastSeenAt: new Date(NOW + 1_000).toISOString(),
    lastAt: new Date(NOW).toISOString(),
    lastValue: 1.5,
    dismissedAt: null,
  });
});

Deno.test("the quarantine comes in pages, newest first, of all or of one edge", async () => {
  const { gateway, list, add } = await opened();
  await using _ = gateway;
  for (let i = 0; i < 5; i++) {
    const edgeId = i % 2 === 0 ? undefined : "site-1";
    await add({ edgeId, device: `d${i}`, firstSeenAt: NOW + i });
  }
  const all = [];
  let after: string | undefined;
  do {
    const { names, hasNextPage, endCursor } = await list({ first: 2, after });
    all.push(...names);
    after = hasNextPage ? endCursor : undefined;
  } while (after !== undefined);
  const expected = [4, 3, 2, 1, 0].map((i) => `d${i} pressure ${i % 2 ? "site-1" : null}`);
  assertEquals(all, expected);
  assertEquals((await list({ edge: "site-1" })).names, [expected[1], expected[3]]);
  assertEquals((await list({ edge: "nobody" })).names, []);
});

Deno.test("what the gateway counts adds up, what an edge counts takes the place of what it said", async () => {
  const { gateway, engineer, add } = await opened();
  await using _ = gateway;
  for (const points of [3, 4]) {
    await add({ points });
    await add({ points, edgeId: "site-1", origin: null });
  }
  const { data } = await gateway.ask(engineer, LIST);
  // deno-lint-ignore no-explicit-any -- a test asserts on whatever is there
  const counts = data.quarantinedSeries.edges.map(({ node }: any) => [node.edge, node.points]);
  assertEquals(counts.sort(), [[null, 7], ["site-1", 4]]);
});

const KNOWN: readonly (readonly [string, device: boolean, metric: boolean])[] = [
  ["device and metric", false, false],
  ["the metric of a known device", true, false],
  ["the device of a known metric", false, true],
];
for (const [what, hasDevice, hasMetric] of KNOWN) {
  Deno.test(`accepting a series makes ${what}, and it leaves the quarantine everywhere`, async () => {
    const { gateway, tenant, engineer, list, add } = await opened();
    await using _ = gateway;
    if (hasDevice) await addDevice(gateway.db, tenant, "pump-new");
    if (hasMetric) await addMetric(gateway.db, tenant, "pressure");
    const id = await add({ kind: "counter" });
    await add({ edgeId: "site-1" });
    await add({ device: "pump-other", metric: "flow" });
    const viewer = await gateway.keyOf(tenant, "responder");
    const refused = await gateway.ask(viewer, ACCEPT, { id });
    assertEquals(refused.data.acceptQuarantinedSeries.__typename, "Forbidden");
    const { data } = await gateway.ask(engineer, ACCEPT, { id });
    assertEquals(data.acceptQuarantinedSeries.quarantinedSeries, {
      device: "pump-new",
      metric: "pressure",
    });
    const made = await gateway.ask(
      engineer,
      `{ devices { edges { node { externalId } } }
        metrics { edges { node { name dataType } } } }`,
    );
    const dataType = hasMetric ? "GAUGE" : "COUNTER";
    assertEquals(made.data, {
      devices: { edges: [{ node: { externalId: "pump-new" } }] },
      metrics: { edges: [{ node: { name: "pressure", dataType } }] },
    });
    assertEquals((await list()).names, ["pump-other flow null"]);
    const again = await gateway.ask(engineer, ACCEPT, { id });
    assertEquals(again.data.acceptQuarantinedSeries.__typename, "NotFound");
    // A report that was under way does not bring it back.
    await add({ edgeId: "site-1" });
    assertEquals((await list()).names, ["pump-other flow null"]);
    assertEquals(gateway.reported, []);
  });
}

Deno.test("a dismissed series is listed apart, goes on to be counted and can be accepted", async () => {
  const { gateway, engineer, list, add } = await opened();
  await using _ = gateway;
  const id = await add({});
  const { data } = await gateway.ask(engineer, DISMISS, { id });
  const dismissed = { dismissedAt: new Date(NOW).toISOString(), dismissedBy: "a engineer" };
  assertEquals(data.dismissQuarantinedSeries.quarantinedSeries, dismissed);
  await add({ points: 4 });
  assertEquals((await list()).names, []);
  assertEquals((await list({ dismissed: true })).names, ["pump-new pressure null"]);
  const again = await gateway.ask(engineer, DISMISS, { id });
  assertEquals(again.data.dismissQuarantinedSeries.quarantinedSeries, dismissed);
  const accepted = await gateway.ask(engineer, ACCEPT, { id });
  assertEquals(
    accepted.data.acceptQuarantinedSeries.__typename,
    "AcceptQuarantinedSeriesSuccess",
  );
  assertEquals((await list({ dismissed: true })).names, []);
});

Deno.test("accepting a series beyond what the tenant may have names the quota, and makes nothing", async () => {
  const { gateway, tenant, engineer, list, add } = await opened();
  await using _ = gateway;
  await gateway.db.writer.commit({
    statements: [{
      query: rawQuery(
        `insert into metric_definitions (id, tenant_id, name, category, unit, data_type,
            is_standard, min_value, max_value, created_at, version)
          select value, ?, 'full-' || value, 'system', '', 'gauge', 0, null, null, 0, 1
          from generate_series(1, ?)`,
        [tenant.tenantId, METRICS_MAX],
      ),
    }],
  });
  const { data } = await gateway.ask(engineer, ACCEPT, { id: await add({}) });
  assertEquals(data.acceptQuarantinedSeries, { __typename: "QuotaExceeded", quota: "METRICS_MAX" });
  assertEquals((await list()).names, ["pump-new pressure null"]);
  const { data: { devices } } = await gateway.ask(engineer, "{ devices { edges { cursor } } }");
  assertEquals(devices.edges, []);
});
