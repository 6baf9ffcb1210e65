/**
 * The stand-alone edge under the score bench: as `deno task edge` runs it, beside a gateway in memory, with
 * its own keys, limits of rate aside.
 */
import { serve } from "../../../api/serve.ts";
import { senderKeyCheck } from "../../../api/sender_key.ts";
import {
  encodeBundle,
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  signBundle,
  signSetting,
} from "../../../scoring/bundle/mod.ts";
import { fitModel, isForestSection, type Model } from "../../../scoring/detect/mod.ts";
import { createStandaloneEdge } from "../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../scoring/edge/platform/deno.ts";
import { foldSeries } from "../../../scoring/features/mod.ts";
import { fromScikitLearn } from "../../../scoring/forest/mod.ts";
import { UTC } from "../../../scoring/time/mod.ts";
import { FakeGateway } from "../../scoring/edge/fake_gateway.ts";
import { SETTING, TENANT } from "../../scoring/edge/world.ts";
import { serveSide } from "../side.ts";
import { DETECTOR, drawRows, FEATURE_COUNT, KEY, PLAN, TRAINING_ROWS } from "./load.ts";

const START = Date.UTC(2026, 0, 5);

const [folder, forestPath] = Deno.args;
const { pkcs8, publicKey } = await generateSigningKey();
const signer = await importSigner(pkcs8);
const trustedKeys = await importTrustedKeys([publicKey]);
const { id: modelId, unsigned } = encodeBundle(await makeModel());
const { body: setting, signature } = await signSetting(SETTING, signer, TENANT);
const gateway = new FakeGateway({
  tenantId: TENANT,
  clockMode: "live",
  devices: [{
    deviceId: SETTING.entityId,
    name: "pump-7",
    latenessMs: 60_000,
    metrics: PLAN.metrics.map(({ name }) => (
      { name, metricId: `id of ${name}`, category: "RESOURCE", minValue: null, maxValue: null }
    )),
    assignments: [{
      detectorId: SETTING.detectorId,
      detector: DETECTOR,
      modelId,
      label: "v20260601_120000",
      setting,
      signature: btoa(String.fromCharCode(...signature)),
    }],
  }],
});
gateway.bundles.set(modelId, await signBundle(unsigned, signer, TENANT));
const edge = createStandaloneEdge({
  database: openSqlite(`${folder}/edge.db`),
  gateway,
  edgeId: "edge-1",
  trustedKeys,
  authenticate: await senderKeyCheck(KEY),
  now: Date.now,
  newId: () => crypto.randomUUID(),
  onError: console.error,
  log: () => {},
  limits: { requestsPerSecond: 1e6, requestsBurst: 1e6 },
});
await edge.refreshAssignments();
const { url } = serve((request) => edge.app.fetch(request), { host: "127.0.0.1", port: 0 });
await serveSide(url, KEY);

/** A model whose forest is the peer's, where there is one. */
async function makeModel(): Promise<Model> {
  const model = fit();
  if (forestPath === undefined) return model;
  const forest = fromScikitLearn(JSON.parse(await Deno.readTextFile(forestPath)));
  const sections = model.sections.map((section) =>
    isForestSection(section) ? { ...section, forest } : section
  );
  return { ...model, sections };
}

function fit(): Model {
  const rows = drawRows(TRAINING_ROWS, 7);
  const samples = Array.from({ length: TRAINING_ROWS * PLAN.metrics.length }, (_, i) => {
    const metric = i % PLAN.metrics.length;
    const row = (i - metric) / PLAN.metrics.length;
    const value = rows[row * FEATURE_COUNT + metric * 2];
    return { metric, at: START + row * PLAN.bucketMs, value };
  });
  return fitModel({
    detectorId: SETTING.detectorId,
    entityId: SETTING.entityId,
    plan: PLAN,
    calendar: SETTING.calendar,
    zone: UTC,
    vectors: foldSeries(PLAN, UTC, samples),
    seed: 7,
  });
}
