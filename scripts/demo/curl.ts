import type { DemoDevice } from "./catalogue.ts";
import { readSeries } from "./series.ts";
import { detectorsOf } from "./setup.ts";

/** Points of the scoring example: enough of a past for the default method to know what is usual. */
const SCORED_POINTS = 200;
const SCORE_FILE = "score.json";

/**
 * Lines to try in another terminal, for a demo that keeps serving. The body of the scoring call is
 * written into the folder, as it holds a device's last points.
 */
export async function curlText(
  url: string,
  folder: string,
  devices: readonly DemoDevice[],
): Promise<string> {
  const query = "{ incidents(first: 3) { edges { node { device { name } severity state } } } }";
  const subscription = 'subscription { incidentChanged(after: "START") ' +
    "{ cursor action node { device { externalId } severity state } } }";
  const stream = ["-N", "-H 'Accept: text/event-stream'"];
  await Deno.writeTextFile(`${folder}/${SCORE_FILE}`, await scoreBody(devices));
  return [
    "",
    `GraphiQL: ${url}/graphql`,
    "",
    "In another terminal:",
    `  KEY=$(cat ${folder}/api-key)`,
    `  ${curl(url, "/graphql", `'${JSON.stringify({ query })}'`)}`,
    `  ${curl(url, "/graphql", `'${JSON.stringify({ query: subscription })}'`, stream)}`,
    `  ${curl(url, "/v1/score", `@${folder}/${SCORE_FILE}`)}`,
    "",
    "Ctrl-C ends the demo; deno task demo -- --keep goes on with it",
  ].join("\n");
}

/** A device's last points, and one more that is twice as high as any of them. */
async function scoreBody(devices: readonly DemoDevice[]): Promise<string> {
  const [detector] = detectorsOf(devices);
  const device = devices.find(({ name }) => name === detector.devices[0])!;
  const points = (await readSeries(device)).points.slice(-SCORED_POINTS);
  const last = points[points.length - 1];
  const highest = points.reduce((most, { value }) => Math.max(most, value), 0);
  const spike = { ...last, at: last.at + detector.bucketMs, value: 2 * highest };
  const model = `${detector.name}:production`;
  return JSON.stringify({ model, device: device.name, points: [...points, spike] });
}

function curl(url: string, path: string, data: string, flags: readonly string[] = []): string {
  return [
    "curl -s",
    ...flags,
    `-H "Authorization: Bearer $KEY"`,
    "-H 'Content-Type: application/json'",
    `-d ${data}`,
    `${url}${path}`,
  ].join(" ");
}
