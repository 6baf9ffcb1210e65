import type { Context, Hono } from "hono";
import { VERSION } from "../../version.ts";
import { Problem } from "../../wire/mod.ts";
import type { EdgeParts, EdgeTenant } from "../app.ts";
import { taggedResponse } from "../etag.ts";
import { answerIncident, answerIncidents, type IncidentCatalog } from "./incidents.ts";
import { serveRoute } from "../route.ts";
import { renderScores } from "./scores.ts";

/** What an edge has found and how it is: its incidents, its status, its metrics. */
export function addOwnState(app: Hono, { options, metrics, guard, enter }: EdgeParts): void {
  serveRoute(app, guard, "GET", "/v1/incidents", async ({ req: { raw } }) => {
    const { tenant } = await enter(raw);
    return await taggedResponse(raw, await answerIncidents(raw, incidentsOf(tenant)));
  });
  serveRoute(app, guard, "GET", "/v1/incidents/:id", async ({ req }: Context) => {
    const { tenant } = await enter(req.raw);
    const text = await answerIncident(req.param("id") ?? "", incidentsOf(tenant));
    return await taggedResponse(req.raw, text);
  });
  serveRoute(app, guard, "GET", "/v1/status", async ({ req: { raw } }) => {
    const { tenant } = await enter(raw);
    const clock = new Date(options.now()).toISOString();
    return Response.json({ version: VERSION, clock, ...await tenant.status?.() });
  });
  serveRoute(app, guard, "GET", "/metrics", async ({ req: { raw } }) => {
    // The process's own counters are for anyone; scores are a tenant's, so they want its key.
    const tenant = hasKey(raw.headers) ? (await enter(raw)).tenant : undefined;
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
