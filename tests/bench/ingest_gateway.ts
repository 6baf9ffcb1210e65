/**
 * The gateway under the ingest bench: an installation whose fleet has models, fitted by the job that any
 * user's fit takes on its history.
 */
import { fitFleet, mutation, startBenchGateway } from "./gateway.ts";
import { DEVICE_COUNT, deviceName, METRICS, postHistory } from "./ingest_load.ts";
import { serveSide } from "./side.ts";

const [folder, historyBodies] = Deno.args;
const client = await startBenchGateway(folder);
for (const name of METRICS) {
  await client.mutate(mutation("createMetric", "CreateMetricInput"), { name });
}
for (let device = 0; device < DEVICE_COUNT; device++) {
  const input = { externalId: deviceName(device) };
  await client.mutate(mutation("createDevice", "CreateDeviceInput"), input);
}
await postHistory(client.url, Number(historyBodies), client.key);
await fitFleet(client, METRICS);
await serveSide(client.url, client.key);
