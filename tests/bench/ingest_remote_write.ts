/**
 * The gateway under the remote write bench: devices and metrics are made by the sender's own names, and
 * models fitted for the few metrics of each device that are watched.
 */
import { fitFleet, startBenchGateway } from "./gateway.ts";
import { metricName, METRICS_WATCHED, postBodies, scrapeBodies } from "./remote_write_load.ts";
import { serveSide } from "./side.ts";

const MINUTE_MS = 60_000;

const [folder, historyScrapes] = Deno.args;
const client = await startBenchGateway(folder);
for (let scrape = 0; scrape < Number(historyScrapes); scrape++) {
  await postBodies(client.url, client.key, scrapeBodies(scrape, MINUTE_MS, METRICS_WATCHED));
}
await fitFleet(client, Array.from({ length: METRICS_WATCHED }, (_, metric) => metricName(metric)));
await serveSide(client.url, client.key);
