import { assertEquals } from "@std/assert";
import { PRESETS } from "../../../scoring/detect/mod.ts";
import { addTenant } from "../../domain/fixtures.ts";
import { openGateway } from "./graphql_fixture.ts";

const PRESETS_QUERY =
  "{ presets { name algorithm parameters thresholdMode contamination severityProfile } }";
const CREATE = `mutation ($input: CreateDetectorInput!) {
  createDetector(input: $input) {
    ... on CreateDetectorSuccess { detector { algorithm parameters thresholdMode contamination } }
    ... on InvalidInput { field message }
  }
}`;

Deno.test("a viewer is told of every preset", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addTenant(gateway.db);
  const { data } = await gateway.ask(await gateway.keyOf(tenant, "viewer"), PRESETS_QUERY);
  assertEquals(data.presets.map(({ name }: { name: string }) => name), Object.keys(PRESETS));
  assertEquals(data.presets.at(-1), {
    name: "trio",
    algorithm: "trio",
    parameters: {},
    thresholdMode: "CONTAMINATION",
    contamination: 0.1,
    severityProfile: "SMARTBOX",
  });
});

Deno.test("every preset that is told makes a detector", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addTenant(gateway.db);
  const engineer = await gateway.keyOf(tenant, "engineer");
  await gateway.ask(
    engineer,
    `mutation { createMetric(input: { name: "load", category: "performance", unit: "1" })
      { __typename } }`,
  );
  const { data } = await gateway.ask(engineer, PRESETS_QUERY);
  for (const { name: preset, algorithm, contamination } of data.presets) {
    const input = { name: preset, scope: {}, metrics: ["load"], preset };
    const { detector } = (await gateway.ask(engineer, CREATE, { input })).data.createDetector;
    assertEquals([detector.algorithm, detector.contamination], [algorithm, contamination]);
  }
});
