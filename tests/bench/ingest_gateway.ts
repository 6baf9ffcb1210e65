/**
 * The gateway under the ingest bench: an installation whose fleet has models, fitted by the job that any
 * user's fit takes on its history.
 */
import { createKeys, readKeys } from "../../api/keys.ts";
import { readConfig } from "../../api/config.ts";
import { startGateway } from "../../api/main.ts";
import { openDatabase } from "../../domain/mod.ts";
import { migrateUp } from "../../migrations/mod.ts";
import { addApiKey, addTenant } from "../../scripts/admin/actions.ts";
import { createDemoClient, type DemoClient } from "../../scripts/demo/client.ts";
import { DEVICE_COUNT, deviceName, METRICS, postHistory } from "./ingest_load.ts";
import { serveSide } from "./side.ts";

const POLL_MS = 100;

const [folder, historyBodies] = Deno.args;
const dataDir = `${folder}/gateway`;
await createKeys(`${dataDir}/keys`);
const database = await openDatabase({
  url: `file:${dataDir}/treeline.db`,
  now: Date.now,
  holder: "the ingest bench",
});
await database.migrate(migrateUp);
await addTenant(database, { name: "bench", clockMode: "replay" });
const { secret } = await addApiKey(database, "bench", { name: "bench", role: "engineer" });
const settings: Record<string, string> = { TREELINE_DATA: dataDir, TREELINE_PORT: "0" };
const gateway = startGateway({
  config: readConfig((name) => settings[name]),
  database,
  keys: await readKeys(`${dataDir}/keys`),
  report: console.error,
});
await prepare(createDemoClient(gateway.url, secret));
await serveSide(gateway.url, secret);

async function prepare(client: DemoClient): Promise<void> {
  for (const name of METRICS) {
    await client.mutate(mutation("createMetric", "CreateMetricInput"), { name });
  }
  for (let device = 0; device < DEVICE_COUNT; device++) {
    const input = { externalId: deviceName(device) };
    await client.mutate(mutation("createDevice", "CreateDeviceInput"), input);
  }
  await postHistory(gateway.url, Number(historyBodies), secret);
  const { detector } = await client.mutate<{ detector: { id: string } }>(
    mutation("createDetector", "CreateDetectorInput", "detector { id }"),
    { name: "fleet", scope: {}, metrics: METRICS, bucket: "PT1M" },
  );
  const { job } = await client.mutate<{ job: { id: string } }>(
    mutation("fitDetector", "FitDetectorInput", "job { id }"),
    { detectorId: detector.id },
  );
  await untilFitted(client, job.id);
}

async function untilFitted(client: DemoClient, id: string): Promise<void> {
  for (;;) {
    const { job } = await client.query<{ job: { state: string; error: string | null } }>(
      "query Job($id: ID!) { job(id: $id) { state error } }",
      { id },
    );
    if (job.state === "SUCCEEDED") return;
    if (job.state === "FAILED") throw new Error(`Cannot measure as the fit failed: ${job.error}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function mutation(field: string, inputType: string, selection = "__typename"): string {
  const success = `${field[0].toUpperCase()}${field.slice(1)}Success`;
  return `mutation Bench($input: ${inputType}!) {
    ${field}(input: $input) {
      __typename ... on ${success} { ${selection} } ... on Failure { message }
    }
  }`;
}
