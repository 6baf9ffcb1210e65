import { assert, assertEquals } from "@std/assert";
import { driftReportStatements, loadJobs } from "../../../domain/mod.ts";
import { driftReportOf, WINDOW_MS } from "../../domain/drift/drift_report_of.ts";
import { addEstate, NOW, openGateway } from "./graphql_fixture.ts";

const REPORTS = `query ($detectorId: ID, $deviceId: ID, $onlyActions: Boolean) {
  driftReports(detectorId: $detectorId, deviceId: $deviceId, onlyActions: $onlyActions) {
    edges { node {
      detector { name } device { externalId } from to severity isMajor isAction f1 state
      features { feature metric rows statistic pValue isSignificant adjustedPValue drifted streak }
      score { statistic drifted }
    } }
  }
}`;

Deno.test("a viewer reads what the drift monitors have said", async () => {
  await using gateway = await openGateway();
  const { tenant, rows, ids } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "viewer");
  const parts = {
    tenant,
    detectorId: rows.Detector,
    deviceId: rows.Device,
    modelId: rows.Model,
  };
  const later = driftReportOf(parts, NOW + WINDOW_MS, {
    state: "ALARM",
    is_action: 1,
    severity: 6,
    f1: 0.75,
    score: null,
  });
  await gateway.db.writer.commit({ statements: driftReportStatements([later]) });
  const nodes = async (variables: object) => {
    const answer = await gateway.ask(key, REPORTS, { ...variables });
    assertEquals(answer.errors, undefined);
    return answer.data.driftReports.edges.map(({ node }: { node: unknown }) => node);
  };
  const [action, first] = await nodes({ detectorId: ids.Detector, deviceId: ids.Device });
  assertEquals(first, {
    detector: { name: "pumps" },
    device: { externalId: "pump-1" },
    from: "2026-01-05T12:00:00.000Z",
    to: "2026-01-05T18:00:00.000Z",
    severity: 10,
    isMajor: true,
    isAction: false,
    f1: null,
    state: "WATCH",
    features: [{
      feature: "load.value",
      metric: "load",
      rows: 72,
      statistic: 0.5,
      pValue: 0.001,
      isSignificant: true,
      adjustedPValue: 0.002,
      drifted: true,
      streak: 1,
    }],
    score: { statistic: 0.08, drifted: false },
  });
  assertEquals(
    [action.state, action.isAction, action.isMajor, action.f1, action.score],
    ["ALARM", true, false, 0.75, null],
  );
  assertEquals(await nodes({ onlyActions: true }), [action]);
});

const CHECK = `mutation ($input: CheckDriftInput!) {
  checkDrift(input: $input) {
    __typename
    ... on CheckDriftSuccess { job { id kind state } }
  }
}`;

Deno.test("an engineer has a detector checked for drift, a responder may not", async () => {
  await using gateway = await openGateway();
  const { tenant, rows, ids } = await addEstate(gateway.db, "acme");
  const input = { detectorId: ids.Detector, deviceIds: [ids.Device] };
  const check = async (role: "engineer" | "responder") =>
    (await gateway.ask(await gateway.keyOf(tenant, role), CHECK, { input })).data.checkDrift;
  assertEquals(await check("responder"), { __typename: "Forbidden" });
  const { job } = await check("engineer");
  assertEquals([job.kind, job.state], ["drift", "QUEUED"]);
  const queued = await gateway.db.reader.selectFrom("jobs").select("id")
    .where("kind", "=", "drift").execute();
  const [stored] = await loadJobs(tenant, queued.map(({ id }) => id));
  assertEquals(stored?.params, { detectorId: rows.Detector, deviceIds: [rows.Device] });
});

const UPDATE = `mutation ($input: UpdateDetectorInput!) {
  updateDetector(input: $input) {
    __typename
    ... on UpdateDetectorSuccess {
      detector { driftPolicy { distance windowBuckets onDrift } refitEvery }
    }
    ... on InvalidInput { field limit }
  }
}`;

Deno.test("an engineer says what counts as drift and how often a detector is fitted", async () => {
  await using gateway = await openGateway();
  const { tenant, ids } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "engineer");
  const update = async (more: object) => {
    const input = { id: ids.Detector, ...more };
    return (await gateway.ask(key, UPDATE, { input })).data.updateDetector;
  };
  const policy = { preset: "sensitive", onDrift: "REFIT" };
  assertEquals(await update({ driftPolicy: policy, refitEvery: "P7D" }), {
    __typename: "UpdateDetectorSuccess",
    detector: {
      driftPolicy: { distance: 0.05, windowBuckets: 500, onDrift: "REFIT" },
      refitEvery: "P7D",
    },
  });
  const { detector } = await update({ driftPolicy: { distance: 0.2 }, refitEvery: "PT0S" });
  assertEquals(detector, {
    driftPolicy: { distance: 0.2, windowBuckets: 500, onDrift: "REFIT" },
    refitEvery: null,
  });
  assertEquals(await update({ refitEvery: "PT1M" }), {
    __typename: "InvalidInput",
    field: "refitEvery",
    limit: 3_600_000,
  });
});

Deno.test("driftFound tells each drift that asks for action once, from a cursor on", async () => {
  await using gateway = await openGateway();
  const { tenant, rows } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "viewer");
  const parts = {
    tenant,
    detectorId: rows.Detector,
    deviceId: rows.Device,
    modelId: rows.Model,
  };
  const reports = [1, 2].map((index) =>
    driftReportOf(parts, NOW + index * WINDOW_MS, { state: "ALARM", is_action: 1 })
  );
  await gateway.db.writer.commit({ statements: driftReportStatements(reports) });
  const query = `subscription { driftFound(after: "START") { cursor node { from isAction } } }`;
  const response = await gateway.handle(
    new Request("http://localhost/graphql", {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        accept: "text/event-stream",
      },
      body: JSON.stringify({ query }),
    }),
  );
  let text = "";
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  while (text.split("driftFound").length < 3) {
    const { value, done } = await reader.read();
    assert(!done, text);
    text += value;
  }
  await reader.cancel();
  const instants = [...text.matchAll(/"from":"([^"]+)"/g)].map(([, from]) => Date.parse(from));
  assertEquals(instants, reports.map(({ from_at }) => from_at));
});
