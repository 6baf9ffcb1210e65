/**
 * The stand-alone edge under the remote write bench: a file on disk, devices and metrics as a gateway
 * assigns them, and one model for the few metrics of each device that are watched. Its gateway is away,
 * so that all that is acknowledged waits on disk.
 */
import {
  encodeBundle,
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  signBundle,
  signSetting,
} from "../../scoring/bundle/mod.ts";
import {
  type AssignmentsDocument,
  createStandaloneEdge,
  type SignedAssignment,
} from "../../scoring/edge/mod.ts";
import { openSqlite } from "../../scoring/edge/platform/deno.ts";
import { serve } from "../../api/serve.ts";
import { FakeGateway } from "../scoring/edge/fake_gateway.ts";
import {
  DEVICE_COUNT,
  deviceName,
  metricName,
  METRICS_PER_DEVICE,
  METRICS_WATCHED,
  postBodies,
  scrapeBodies,
} from "./remote_write_load.ts";
import { fitLoad, LOAD_SETTING } from "./remote_write_pipeline.ts";
import { serveSide } from "./side.ts";

const MINUTE_MS = 60_000;
const TENANT = "bench";
const KEY = "bench-key";

const [folder, historyScrapes] = Deno.args;
const model = fitLoad();
const { id: modelId, unsigned } = encodeBundle(model);
const { pkcs8, publicKey } = await generateSigningKey();
const signer = await importSigner(pkcs8);
const { body, signature } = await signSetting(LOAD_SETTING, signer, TENANT);
const gateway = new FakeGateway(documentOf({
  detectorId: LOAD_SETTING.detectorId,
  detector: "fleet",
  modelId,
  label: "v20260101_000000",
  setting: body,
  signature: signature.toBase64(),
}));
gateway.bundles.set(modelId, await signBundle(unsigned, signer, TENANT));
const edge = createStandaloneEdge({
  database: openSqlite(`${folder}/edge.db`),
  gateway,
  edgeId: "edge",
  trustedKeys: await importTrustedKeys([publicKey]),
  authenticate: (key) =>
    Promise.resolve(key === KEY ? { tenantId: TENANT, keyId: "local", role: "edge" } : undefined),
  now: Date.now,
  newId: () => crypto.randomUUID(),
  onError: console.error,
  log: () => {},
});
await edge.refreshAssignments();
const { url } = serve((request) => edge.app.fetch(request), { host: "127.0.0.1", port: 0 });
// As a running edge does each second; what it syncs and asks for is not measured.
setInterval(() => edge.tick().catch(console.error), 1_000);
for (let scrape = 0; scrape < Number(historyScrapes); scrape++) {
  await postBodies(url, KEY, scrapeBodies(scrape, MINUTE_MS, METRICS_WATCHED));
}
await serveSide(url, KEY);

function documentOf(assignment: SignedAssignment): AssignmentsDocument {
  const metrics = Array.from({ length: METRICS_PER_DEVICE }, (_, metric) => ({
    name: metricName(metric),
    metricId: crypto.randomUUID(),
    category: "memory",
    minValue: null,
    maxValue: null,
  }));
  const devices = Array.from({ length: DEVICE_COUNT }, (_, device) => ({
    deviceId: crypto.randomUUID(),
    name: deviceName(device),
    latenessMs: MINUTE_MS,
    metrics,
    assignments: [assignment],
  }));
  return { tenantId: TENANT, clockMode: "replay", devices };
}
