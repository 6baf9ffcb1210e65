import { createKeys, readKeys } from "../../api/keys.ts";
import { readConfig } from "../../api/config.ts";
import { startGateway } from "../../api/main.ts";
import { openDatabase } from "../../domain/mod.ts";
import { migrateUp } from "../../migrations/mod.ts";
import { addApiKey, addTenant } from "../../scripts/admin/actions.ts";
import { createDemoClient, type DemoClient } from "../../scripts/demo/client.ts";

const POLL_MS = 100;

/** Starts a gateway in this process, for a replay tenant in a folder of its own. */
export async function startBenchGateway(folder: string): Promise<DemoClient> {
  const dataDir = `${folder}/gateway`;
  await createKeys(`${dataDir}/keys`);
  const database = await openDatabase({
    url: `file:${dataDir}/treeline.db`,
    now: Date.now,
    holder: "a bench",
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
  return createDemoClient(gateway.url, secret);
}

/** Fits models for all devices on their history, by the job that any user's fit takes. */
export async function fitFleet(client: DemoClient, metrics: readonly string[]): Promise<void> {
  const { detector } = await client.mutate<{ detector: { id: string } }>(
    mutation("createDetector", "CreateDetectorInput", "detector { id }"),
    { name: "fleet", scope: {}, metrics, bucket: "PT1M" },
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

/** The document of a mutation of one field. */
export function mutation(field: string, inputType: string, selection = "__typename"): string {
  const success = `${field[0].toUpperCase()}${field.slice(1)}Success`;
  return `mutation Bench($input: ${inputType}!) {
    ${field}(input: $input) {
      __typename ... on ${success} { ${selection} } ... on Failure { message }
    }
  }`;
}
