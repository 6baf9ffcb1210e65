import { assertEquals } from "@std/assert";
import { addTenant } from "../../domain/fixtures.ts";
import { openGateway } from "./graphql_fixture.ts";

const SET = `mutation ($input: SetMappingRulesInput!) {
  setMappingRules(input: $input) {
    __typename
    ... on SetMappingRulesSuccess { mappingRules { rules unknownNames version } }
    ... on InvalidInput { field limit }
    ... on Conflict { message }
  }
}`;

const DRY_RUN = `query ($input: MappingDryRunInput!) {
  mappingDryRun(input: $input) { outcome rule device metric unit dataType message }
}`;

const UP = { name: "up", labels: { instance: "web-1", job: "node" }, unit: "s" };

Deno.test("rules are set by engineers, read by viewers, and tried before", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addTenant(gateway.db);
  const engineer = await gateway.keyOf(tenant, "engineer");
  const viewer = await gateway.keyOf(tenant, "viewer");
  const rules = [{ match: { name: "up" }, without: ["job"] }];
  const dryRun = async (more: Record<string, unknown>) => {
    const { data } = await gateway.ask(viewer, DRY_RUN, { input: { series: [UP], ...more } });
    return data.mappingDryRun[0].metric;
  };
  assertEquals(await dryRun({}), 'up{job="node"}');
  assertEquals(await dryRun({ rules }), "up");

  const input = { rules, unknownNames: "QUARANTINE" };
  const refused = await gateway.ask(viewer, SET, { input });
  assertEquals(refused.data.setMappingRules.__typename, "Forbidden");
  const { data } = await gateway.ask(engineer, SET, { input });
  const kept = { rules, unknownNames: "QUARANTINE", version: 1 };
  assertEquals(data.setMappingRules.mappingRules, kept);
  const read = await gateway.ask(viewer, "{ mappingRules { rules unknownNames version } }");
  assertEquals(read.data.mappingRules, kept);
  assertEquals(await dryRun({}), "up");
  assertEquals(gateway.reported, []);
});

Deno.test("rules that cannot be taken, and a version that is old, are told", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addTenant(gateway.db);
  const engineer = await gateway.keyOf(tenant, "engineer");
  const set = async (input: unknown) =>
    (await gateway.ask(engineer, SET, { input })).data.setMappingRules;
  assertEquals(await set({ rules: Array(201).fill({}) }), {
    __typename: "InvalidInput",
    field: "rules",
    limit: 200,
  });
  assertEquals((await set({ rules: [], expectedVersion: 3 })).__typename, "Conflict");
});

Deno.test("a dry run shows every outcome, and refuses what is no series", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addTenant(gateway.db);
  const key = await gateway.keyOf(tenant, "viewer");
  const rules = [{ match: { source: "influx" }, drop: true }];
  const series = [UP, { name: "cpu", source: "influx" }, { name: "up" }];
  const { data } = await gateway.ask(key, DRY_RUN, { input: { rules, series } });
  const outcomes = data.mappingDryRun.map((each: Record<string, unknown>) => each.outcome);
  assertEquals(outcomes, ["MAPPED", "DROPPED", "UNNAMED"]);
  assertEquals([data.mappingDryRun[0].unit, data.mappingDryRun[0].dataType], ["s", "GAUGE"]);
  const bad = await gateway.ask(key, DRY_RUN, { input: { series: [{ labels: {} }] } });
  assertEquals(bad.errors?.length, 1);
  assertEquals(gateway.reported, []);
});
