import { DEMO_DETECTORS } from "./catalogue.ts";

/** Lines to try in another terminal, for a demo that keeps serving. */
export function curlText(url: string, folder: string): string {
  const query = "{ incidents(first: 3) { edges { node { device { name } severity state } } } }";
  const subscription = 'subscription { incidentChanged(after: "START") ' +
    "{ cursor action node { device { externalId } severity state } } }";
  // As many numbers as the default plan has features.
  const score = {
    model: `${detectorOfOneDevice()}:production`,
    vectors: [[1e5, 9e4, 1e4, 5e3, 9e4]],
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

function detectorOfOneDevice(): string {
  return DEMO_DETECTORS.find(({ devices }) => devices.length === 1)!.name;
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
