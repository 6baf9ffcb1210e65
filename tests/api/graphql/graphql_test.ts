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
          provenance { parameters trainedUntil }
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

/** A mutation with its success and all its failures. */
function mutation(name: string, inputType: string, success: string): string {
  return `mutation ($input: ${inputType}!) { ${name}(input: $input) {
    __typename
    ... on ${name[0].toUpperCase()}${name.slice(1)}Success { ${success} }
    ... on Failure { message }
    ... on NotFound { kind }
    ... on InvalidInput { field limit }
    ... on Conflict { field }
    ... on QuotaExceeded { quota limit }
  } }`;
}

Deno.test("an engineer makes and changes devices, metrics and detectors", async (t) => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "engineer");
  const run = async (
    name: string,
    type: string,
    success: string,
    input: Record<string, unknown>,
  ) => {
    const { data, errors } = await gateway.ask(key, mutation(name, type, success), { input });
    assertEquals(errors, undefined);
    return data[name];
  };
  let device = "";

  await t.step("createDevice makes one", async () => {
    const input = { externalId: "pump-2", cohort: "pumps", metadata: { site: "north" } };
    const made = await run(
      "createDevice",
      "CreateDeviceInput",
      "device { id name cohort metadata version }",
      input,
    );
    device = made.device.id;
    assertEquals(made.device, {
      id: device,
      name: "pump-2",
      cohort: "pumps",
      metadata: { site: "north" },
      version: 1,
    });
  });

  await t.step("createDevice refuses a name that is taken", async () => {
    const input = { externalId: "pump-2" };
    const { __typename, field } = await run(
      "createDevice",
      "CreateDeviceInput",
      "__typename",
      input,
    );
    assertEquals([__typename, field], ["Conflict", "externalId"]);
  });

  for (
    const [what, input, field] of [
      ["a name that is empty", { externalId: " " }, "externalId"],
      ["a name with a NUL", { externalId: "a\0b" }, "externalId"],
      ["a name of 5,000 characters", { externalId: "a".repeat(5_000) }, "externalId"],
      ["a zone that is none", { externalId: "a", timeZone: "../etc/passwd" }, "timeZone"],
      ["metadata that is a list", { externalId: "a", metadata: [1] }, "metadata"],
      ["metadata of 20,000 keys", {
        externalId: "a",
        metadata: Object.fromEntries(Array.from({ length: 20_000 }, (_, key) => [`k${key}`, 1])),
      }, "metadata"],
    ] as const
  ) {
    await t.step(`createDevice names ${what}`, async () => {
      const answer = await run("createDevice", "CreateDeviceInput", "__typename", input);
      assertEquals([answer.__typename, answer.field], ["InvalidInput", field]);
    });
  }

  await t.step("updateDevice changes what is named and guards the version", async () => {
    const change = { id: device, name: "Pump 2", cohort: null, expectedVersion: 1 };
    const success = "device { name cohort version }";
    const changed = await run("updateDevice", "UpdateDeviceInput", success, change);
    assertEquals(changed.device, { name: "Pump 2", cohort: null, version: 2 });
    const again = await run("updateDevice", "UpdateDeviceInput", success, change);
    assertEquals([again.__typename, again.field], ["Conflict", "expectedVersion"]);
  });

  await t.step("createMetric and updateMetric", async () => {
    const made = await run(
      "createMetric",
      "CreateMetricInput",
      "metric { id dataType minValue }",
      { name: "requests", dataType: "COUNTER", minValue: 0 },
    );
    assertEquals([made.metric.dataType, made.metric.minValue], ["COUNTER", 0]);
    const input = { id: made.metric.id, minValue: null, unit: "1/s" };
    const changed = await run(
      "updateMetric",
      "UpdateMetricInput",
      "metric { minValue unit }",
      input,
    );
    assertEquals(changed.metric, { minValue: null, unit: "1/s" });
    const bad = { id: made.metric.id, minValue: 2, maxValue: 1 };
    const refused = await run("updateMetric", "UpdateMetricInput", "__typename", bad);
    assertEquals([refused.__typename, refused.field], ["InvalidInput", "maxValue"]);
  });

  await t.step("createDetector, updateDetector and fitDetector", async () => {
    const success = `detector { id forwarding scope { kind cohort devices { id } } parameters
      featurePlan { bucket features { metric transform window } } incidentPolicy { separation } }`;
    const { detector } = await run("createDetector", "CreateDetectorInput", success, {
      name: "second",
      scope: { deviceIds: [device] },
      featurePlan: {
        bucket: "PT1M",
        metrics: [{ name: "load", dataType: "GAUGE" }],
        features: [{ metric: "load", transform: "ROLLING_MEAN", window: 12 }],
      },
      parameters: { treeCount: 50 },
      incidentPolicy: { separation: "PT1H" },
      forwarding: "ANOMALIES",
    });
    assertEquals(detector.forwarding, "ANOMALIES");
    assertEquals(detector.scope, { kind: "DEVICE", cohort: null, devices: [{ id: device }] });
    assertEquals(detector.parameters.treeCount, 50);
    assertEquals(detector.incidentPolicy.separation, "PT1H");
    assertEquals(detector.featurePlan, {
      bucket: "PT1M",
      features: [{ metric: "load", transform: "ROLLING_MEAN", window: 12 }],
    });
    const changed = await run("updateDetector", "UpdateDetectorInput", success, {
      id: detector.id,
      scope: { cohort: "pumps" },
      forwarding: "AGGREGATES",
    });
    assertEquals(changed.detector.forwarding, "AGGREGATES");
    assertEquals(changed.detector.scope, { kind: "COHORT", cohort: "pumps", devices: null });
    const { job } = await run("fitDetector", "FitDetectorInput", "job { id kind state }", {
      detectorId: detector.id,
    });
    assertEquals([job.kind, job.state], ["fit", "QUEUED"]);
    const cancelled = await run("cancelJob", "CancelJobInput", "job { state }", { id: job.id });
    assertEquals(cancelled.job.state, "CANCELLED");
    const again = await run("cancelJob", "CancelJobInput", "__typename", { id: job.id });
    assertEquals(again.__typename, "Conflict");
  });
});

Deno.test("a responder acknowledges and resolves an incident once", async () => {
  await using gateway = await openGateway();
  const { tenant, ids } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "responder");
  const run = (name: string) =>
    gateway.ask(key, mutation(name, "IncidentInput", "incident { state acknowledgedBy version }"), {
      input: { id: ids.Incident },
    });
  const acknowledged = (await run("acknowledgeIncident")).data.acknowledgeIncident.incident;
  assertEquals(acknowledged, { state: "SUSPECTED", acknowledgedBy: "a responder", version: 2 });
  const again = (await run("acknowledgeIncident")).data.acknowledgeIncident.incident;
  assertEquals(again, acknowledged);
  const resolved = (await run("resolveIncident")).data.resolveIncident.incident;
  assertEquals(resolved, { state: "RESOLVED", acknowledgedBy: "a responder", version: 3 });
});

Deno.test("a responder silences an incident for a time, and ends the silence", async () => {
  await using gateway = await openGateway();
  const { tenant, ids } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "responder");
  const silence = async (until: string | null) => {
    const fields = "incident { state silencedUntil silencedBy }";
    const { data } = await gateway.ask(
      key,
      mutation("silenceIncident", "SilenceIncidentInput", fields),
      { input: { id: ids.Incident, until } },
    );
    return data.silenceIncident;
  };
  const until = new Date(Date.now() + 3_600_000).toISOString();
  assertEquals((await silence(until)).incident, {
    state: "SUSPECTED",
    silencedUntil: until,
    silencedBy: "a responder",
  });
  assertEquals((await silence("2020-01-01T00:00:00Z")).field, "until");
  assertEquals((await silence(null)).incident.silencedUntil, null);
});

Deno.test("an admin makes a key that works until it is revoked", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const admin = await gateway.keyOf(tenant, "admin");
  const made = (await gateway.ask(
    admin,
    mutation("createApiKey", "CreateApiKeyInput", "apiKey { secret key { id role } }"),
    { input: { name: "new", role: "VIEWER" } },
  )).data.createApiKey.apiKey;
  assertEquals(made.key.role, "VIEWER");
  assertEquals((await gateway.ask(made.secret, "{ tenant { name } }")).data.tenant.name, "acme");
  const revoked = (await gateway.ask(
    admin,
    mutation("revokeApiKey", "RevokeApiKeyInput", "apiKey { id }"),
    { input: { id: made.key.id } },
  )).data.revokeApiKey;
  assertEquals(revoked.apiKey.id, made.key.id);
  const { status, errors } = await gateway.ask(made.secret, "{ tenant { name } }");
  assertEquals([status, errors?.[0].extensions.code], [401, "UNAUTHENTICATED"]);
});

const MUTATIONS = [
  ["createDevice", "CreateDeviceInput", "engineer", { externalId: "a" }],
  ["createMetric", "CreateMetricInput", "engineer", { name: "a" }],
  ["createDetector", "CreateDetectorInput", "engineer", { name: "a", scope: {} }],
  ["acknowledgeIncident", "IncidentInput", "responder", { id: "a" }],
  ["resolveIncident", "IncidentInput", "responder", { id: "a" }],
  ["silenceIncident", "SilenceIncidentInput", "responder", { id: "a" }],
  ["createApiKey", "CreateApiKeyInput", "admin", { name: "a", role: "ADMIN" }],
] as const;

const ROLES = ["edge", "viewer", "responder", "engineer", "admin"] as const;

Deno.test("a role does what it may and no more", async (t) => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  for (const [rank, role] of ROLES.entries()) {
    const key = await gateway.keyOf(tenant, role);
    for (const [name, type, least, input] of MUTATIONS) {
      await t.step(`${role} and ${name}`, async () => {
        const { data } = await gateway.ask(key, mutation(name, type, "__typename"), { input });
        const isForbidden = data[name].__typename === "Forbidden";
        assertEquals(isForbidden, rank < ROLES.indexOf(least));
      });
    }
    await t.step(`${role} and queries`, async () => {
      const { data, errors } = await gateway.ask(key, "{ tenant { name } eventCursor }");
      if (role !== "edge") return assertEquals(data.tenant.name, "acme");
      assertEquals(errors?.[0].extensions.code, "FORBIDDEN");
    });
    await t.step(`${role} and keys`, async () => {
      const { errors } = await gateway.ask(key, "{ apiKeys { edges { node { name } } } }");
      assertEquals(errors?.[0].extensions.code, role === "admin" ? undefined : "FORBIDDEN");
    });
  }
});

Deno.test("pages of a list have every item once, whatever is added between", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "engineer");
  const create = (externalId: string) =>
    gateway.ask(key, mutation("createDevice", "CreateDeviceInput", "__typename"), {
      input: { externalId },
    });
  for (let number = 10; number < 20; number++) await create(`d${number}`);
  const query = `query ($after: String) { devices(first: 3, after: $after) {
    edges { node { externalId } } pageInfo { hasNextPage hasPreviousPage endCursor }
  } }`;
  const seen: string[] = [];
  let after: string | null = null;
  for (let hasNext = true; hasNext;) {
    const { devices } = (await gateway.ask(key, query, { after })).data as {
      devices: {
        edges: { node: { externalId: string } }[];
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
      };
    };
    assertEquals(devices.pageInfo.hasPreviousPage, after !== null);
    seen.push(...devices.edges.map(({ node }) => node.externalId));
    after = devices.pageInfo.endCursor;
    hasNext = devices.pageInfo.hasNextPage;
    await create(`a${seen.length}`);
  }
  const wanted = Array.from({ length: 10 }, (_, index) => `d${index + 10}`);
  assertEquals(seen, [...wanted, "pump-1"]);
});

Deno.test("what breaks inside is told to the operator and not to the caller", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "viewer");
  await gateway.db.migrate((db) => db.schema.dropTable("baselines").execute());
  const { status, errors, data } = await gateway.ask(
    key,
    "{ tenant { name } baselines { edges { node { id } } } }",
  );
  assertEquals([status, data], [200, null]);
  assertEquals(errors?.[0].extensions, { code: "UNAVAILABLE" });
  assertEquals(/baselines|sql|table/i.test(errors?.[0].message), false);
  assertEquals(gateway.reported.length, 1);
});
