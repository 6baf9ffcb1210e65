import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  type Database,
  fittedStatements,
  modelLabel,
  type ModelRow,
  summaryOf,
} from "../../../domain/mod.ts";
import { encodeGlobalId } from "../../../schema/core/global_id.ts";
import { encodeBundle } from "../../../scoring/bundle/mod.ts";
import { type FeatureShare, scoreVectors } from "../../../scoring/detect/mod.ts";
import type { Contribution, Model } from "../../../scoring/detect/mod.ts";
import { featureNames } from "../../../scoring/features/mod.ts";
import { fitCalmDay } from "../../scoring/edge/world.ts";
import {
  addEstate,
  commitEffects,
  type Estate,
  incidentOf,
  NOW,
  openGateway,
} from "./graphql_fixture.ts";

const FOREST = fitCalmDay();
/** Flags the row below. */
const THRESHOLD = 0.6;
const ROW = [50, 25, 1];

const COUNTERFACTUAL = `query ($id: ID!) {
  anomaly(id: $id) { counterfactual { score changes { feature metric from to } } }
}`;

/** Stores a model of the estate's device, as a fit does. */
async function storeModel(
  db: Database,
  { tenant, rows }: Estate,
  fitted: Model,
  importance?: readonly FeatureShare[],
): Promise<string> {
  const model = { ...fitted, detectorId: rows.Detector, entityId: rows.Device };
  const { id, unsigned } = encodeBundle(model);
  const row: ModelRow = {
    id,
    tenant_id: tenant.tenantId,
    detector_id: rows.Detector,
    entity_id: rows.Device,
    label: modelLabel(NOW),
    summary: summaryOf(model, unsigned.length, importance),
    created_at: NOW,
  };
  await db.writer.commit({ statements: fittedStatements(row, unsigned, NOW) });
  return id;
}

/** Stores what a model says of the row; `change` alters what is kept of it. */
async function storeAnomaly(
  db: Database,
  estate: Estate,
  model: Model,
  change: { readonly contributions?: (all: readonly Contribution[]) => Contribution[] } = {},
): Promise<string> {
  const modelId = await storeModel(db, estate, model);
  const setting = {
    version: 1,
    severityProfile: "smartbox",
    thresholds: { any: THRESHOLD },
  } as const;
  const rows = { data: Float32Array.from(ROW), rowCount: 1, columnCount: ROW.length };
  const [verdict] = scoreVectors(model, modelId, rows, { setting });
  const contributions = change.contributions?.(verdict.contributions) ?? verdict.contributions;
  const { rows: { Device: deviceId, Detector: detectorId }, tenant } = estate;
  const incident = incidentOf({ deviceId, detectorId }, 2, tenant.tenantId);
  const id = modelId.slice(0, 32);
  await commitEffects(db, tenant, {
    deviceId,
    watermark: NOW,
    points: [],
    anomalies: [{
      id,
      detectorId,
      deviceId,
      incidentId: incident.id,
      fingerprint: incident.fingerprint,
      kind: "RESOURCE",
      at: NOW,
      topMetric: "cpu",
      value: 50,
      expected: 30,
      verdict: { ...verdict, contributions },
    }],
    incidentChanges: [{ action: "CREATE", at: NOW, incident }],
  });
  return id;
}

async function openEstate() {
  const gateway = await openGateway();
  const estate = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(estate.tenant, "viewer");
  return {
    ...gateway,
    estate,
    key,
    counterfactualOf: async (anomalyId: string) => {
      const id = encodeGlobalId("Anomaly", anomalyId);
      const { data, errors } = await gateway.ask(key, COUNTERFACTUAL, { id });
      assertEquals(errors, undefined);
      return data.anomaly.counterfactual;
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

Deno.test("an anomaly of a forest tells a change that its model takes for normal", async () => {
  await using opened = await openEstate();
  const found = await opened.counterfactualOf(
    await storeAnomaly(opened.db, opened.estate, FOREST),
  );
  const data = Float32Array.from(ROW);
  const names = featureNames(FOREST.plan);
  for (const { feature, metric, from, to } of found.changes) {
    assertEquals([metric, from], ["cpu", ROW[names.indexOf(feature)]]);
    data[names.indexOf(feature)] = to;
  }
  const rows = { data, rowCount: 1, columnCount: ROW.length };
  const [{ score }] = scoreVectors(FOREST, "", rows);
  assertEquals(found.score, score);
  assert(score <= THRESHOLD && found.changes.length > 0);
});

Deno.test("an anomaly whose row is not known has no counterfactual", async () => {
  await using opened = await openEstate();
  const withoutOne = { contributions: (all: readonly Contribution[]) => all.slice(1) };
  const id = await storeAnomaly(opened.db, opened.estate, FOREST, withoutOne);
  assertEquals(await opened.counterfactualOf(id), null);
});

Deno.test("an anomaly that does not score as it did has no counterfactual", async () => {
  await using opened = await openEstate();
  const otherRow = {
    contributions: (all: readonly Contribution[]) => all.map((one) => ({ ...one, value: 31 })),
  };
  const id = await storeAnomaly(opened.db, opened.estate, FOREST, otherRow);
  assertEquals(await opened.counterfactualOf(id), null);
});

Deno.test("an anomaly of another method has no counterfactual", async () => {
  await using opened = await openEstate();
  const id = await storeAnomaly(opened.db, opened.estate, fitCalmDay("hbos"));
  assertEquals(await opened.counterfactualOf(id), null);
});

Deno.test("another tenant's anomaly has no counterfactual, as one that nobody has", async () => {
  await using opened = await openEstate();
  const id = await storeAnomaly(opened.db, opened.estate, FOREST);
  const rival = await addEstate(opened.db, "rival");
  const ask = (tenantId: string, anomalyIds: readonly string[]) =>
    opened.db.runInReadWorker("findNormalRows", { tenantId, anomalyIds });
  const anomalyIds = [id, "0".repeat(32)];
  assertEquals(await ask(rival.tenant.tenantId, anomalyIds), [null, null]);
  const [own, nobodys] = await ask(opened.estate.tenant.tenantId, anomalyIds);
  assertNotEquals(own, null);
  assertEquals(nobodys, null);
});

Deno.test("counterfactuals of a page cost more than an operation may, of the usual page not", async () => {
  await using opened = await openEstate();
  const query = `query ($first: Int) {
    anomalies(first: $first, filter: { severities: [LOW] }) {
      edges { node { counterfactual { score changes { feature metric from to } } } }
    }
  }`;
  const refused = await opened.ask(opened.key, query, { first: 31 });
  assertEquals(refused.errors?.[0].extensions.limit.name, "COST_MAX");
  const taken = await opened.ask(opened.key, query, { first: 20 });
  assertEquals(taken.data, { anomalies: { edges: [] } });
});

const SHARES = [["load.value", 0.5], ["load.delta(1)", 0.3], ["load.hour", 0.2]] as const;

Deno.test("a model tells its most important features first, as many as are asked for", async () => {
  await using opened = await openEstate();
  const shares = SHARES.map(([feature, share]) => ({ feature, metric: "load", share }));
  const modelId = await storeModel(opened.db, opened.estate, FOREST, shares);
  const query = `query ($id: ID!, $first: Int) {
    model(id: $id) { importance(first: $first) { feature metric share } }
  }`;
  const ask = (first?: number) =>
    opened.ask(opened.key, query, { id: encodeGlobalId("Model", modelId), first });
  assertEquals((await ask()).data.model.importance, shares);
  assertEquals((await ask(2)).data.model.importance, shares.slice(0, 2));
  assertEquals((await ask(0)).errors?.[0].extensions.field, "first");
  assertEquals((await ask(201)).errors?.[0].extensions.limit.name, "PAGE_SIZE_MAX");
});

Deno.test("a model of another method has no importance", async () => {
  await using opened = await openEstate();
  const modelId = await storeModel(opened.db, opened.estate, fitCalmDay("hbos"));
  const id = encodeGlobalId("Model", modelId);
  const query = "query ($id: ID!) { model(id: $id) { importance { share } } }";
  assertEquals((await opened.ask(opened.key, query, { id })).data.model, { importance: null });
});
