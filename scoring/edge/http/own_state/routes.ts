import { VERSION } from "../../version.ts";
import { Problem } from "../../wire/mod.ts";
import type { EdgeParts, EdgeTenant } from "../edge_parts.ts";
import { taggedResponse } from "../etag.ts";
import { answerIncident, answerIncidents, type IncidentCatalog } from "./incidents.ts";
import { renderScores } from "./scores.ts";

/** What an edge has found and how it is: its incidents, its status, its metrics. */
export function addOwnState({ options, metrics, routes, admit, enter }: EdgeParts): void {
  routes.serve("GET", "/v1/incidents", async (request) => {
    const { tenant } = await enter(request);
    return await taggedResponse(request, await answerIncidents(request, incidentsOf(tenant)));
  });
  routes.serve("GET", "/v1/incidents/:id", async (request, id) => {
    const { tenant } = await enter(request);
    const text = await answerIncident(id, incidentsOf(tenant));
    return await taggedResponse(request, text);
  });
  routes.serve("GET", "/v1/status", async (request) => {
    await admit(request);
    const clock = new Date(options.now()).toISOString();
    return Response.json({ version: VERSION, clock, ...await options.status?.() });
  });
  routes.serve("GET", "/metrics", async (request) => {
    // The process's own counters are for anyone; scores are a tenant's, so they want its key.
    const tenant = hasKey(request.headers) ? (await enter(request)).tenant : undefined;
    const scores = await tenant?.scores?.();
    return new Response(metrics.render() + (scores ? renderScores(scores) : ""), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  });
}

function hasKey(headers: Headers): boolean {
  return headers.has("authorization") || headers.has("x-api-key");
}

function incidentsOf({ incidents }: EdgeTenant): IncidentCatalog {
  if (incidents !== undefined) return incidents;
  const message = "Cannot tell incidents: this edge has no durable store";
  throw new Problem("NO_DURABLE_STORE", message);
}
