import type { DemoDevice } from "./catalogue.ts";
import { detectorsOf } from "./setup.ts";

/** Lines to try in another terminal, for a demo that keeps serving. */
export function curlText(url: string, folder: string, devices: readonly DemoDevice[]): string {
  const query = "{ incidents(first: 3) { edges { node { device { name } severity state } } } }";
  const subscription = 'subscription { incidentChanged(after: "START") ' +
    "{ cursor action node { device { externalId } severity state } } }";
  const score = {
    model: `${detectorsOf(devices)[0].name}:production`,
    device: detectorsOf(devices)[0].devices[0],
    // As many numbers as the default plan has features.
    vectors: [[90, 60, 30, 20, 60]],
  };
  return [
    "",
    `GraphiQL: ${url}/graphql`,
    "",
    "In another terminal:",
    `  KEY=$(cat ${folder}/api-key)`,
    `  ${curl(url, "/graphql", { query })}`,
    `  ${curl(url, "/graphql", { query: subscription }, ["-N", "-H 'Accept: text/event-stream'"])}`,
    `  ${curl(url, "/v1/score", score)}`,
    "",
    "Ctrl-C ends the demo; deno task demo -- --keep goes on with it",
  ].join("\n");
}

function curl(url: string, path: string, body: unknown, flags: readonly string[] = []): string {
  return [
    "curl -s",
    ...flags,
    `-H "Authorization: Bearer $KEY"`,
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify(body)}'`,
    `${url}${path}`,
  ].join(" ");
}
