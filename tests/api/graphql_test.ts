import { assertEquals } from "@std/assert";
import { addEstate, NOW, openGateway } from "./graphql_fixture.ts";

Deno.test("a viewer reads everything of the tenant in one query", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "viewer");
  const { errors, data } = await gateway.ask(
    key,
    `{
      tenant { name timeZone lateness }
      devices { edges { node {
        externalId
        series { metric { name } lastAt }
        telemetry(metric: "load") { edges { node { at value late } } pageInfo { hasNextPage } }
        baselines { edges { node { period metric { name } stats { median quantiles { p95 } } } } }
      } } }
      detectors { edges { node {
        name scope { kind } featurePlan { bucket metrics features { transform window } }
        incidentPolicy { separation } severityProfile
        models { edges { node {
          label aliases bucket device { externalId } sections { period threshold }
          provenance { treeCount trainedUntil }
        } } }
      } } }
      incidents(filter: { states: [SUSPECTED], severities: [HIGH] }) { edges { node {
        state severity pattern { metric direction } device { externalId } detector { name }
        anomalies { edges { node {
          severity period expected sklearnDecision sklearnScoreSamples model { label }
          contributions { feature pathLength share }
        } } }
        timeline { edges { node { action state at } } }
      } } }
      jobs { edges { node { kind state detector { name } } } }
    }`,
  );
  assertEquals(errors, undefined);
  const [device] = data.devices.edges;
  assertEquals(data.tenant, { name: "acme", timeZone: "UTC", lateness: "PT1M" });
  assertEquals(device.node.series[0].metric.name, "load");
  assertEquals(device.node.telemetry.edges.length, 5);
  assertEquals(device.node.telemetry.edges[4].node, {
    at: new Date(NOW + 4_000).toISOString(),
    value: 4,
    late: true,
  });
  assertEquals(device.node.baselines.edges[0].node.stats.quantiles.p95, 6);
  const [detector] = data.detectors.edges;
  assertEquals(detector.node.models.edges[0].node.aliases, ["production"]);
  assertEquals(detector.node.models.edges[0].node.bucket, "PT5M");
  assertEquals(detector.node.incidentPolicy.separation, "PT30M");
  const [incident] = data.incidents.edges;
  assertEquals(incident.node.timeline.edges[0].node.action, "CREATE");
  const [anomaly] = incident.node.anomalies.edges;
  assertEquals(anomaly.node.sklearnScoreSamples, -0.75);
  assertEquals(anomaly.node.contributions[0], { feature: "load.value", pathLength: 3.5, share: 1 });
  assertEquals(data.jobs.edges[0].node, {
    kind: "fit",
    state: "QUEUED",
    detector: { name: "pumps" },
  });
});
