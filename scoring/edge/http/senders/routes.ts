import type { Context, Hono } from "hono";
import type { Ingest } from "../../ingest/mod.ts";
import { createIntake, type Intake, type IntakeResult } from "../../intake/mod.ts";
import { type BodyLimits, type BudgetShare, Problem } from "../../wire/mod.ts";
import { SENDER_ROLES } from "../access.ts";
import { explainAnomaly, judgeAnomaly, VerdictMemory } from "../anomaly.ts";
import type { EdgeParts, EdgeTenant } from "../app.ts";
import type { EdgeMetrics } from "../metrics.ts";
import { answerInfluxQuery, answerInfluxWrite, influxHealth, influxPing } from "./influx_write.ts";
import { answerDryRun, quarantineResponse } from "./mapping.ts";
import { answerOtlp } from "./otlp.ts";
import { answerRemoteWrite } from "./remote_write.ts";
import { serveRoute } from "../route.ts";
import type { TellProblem } from "../guard.ts";
import { influxProblem } from "../../wire/influx/mod.ts";
import { statusResponse } from "../../wire/otlp/mod.ts";

/** What a route of senders has to do with: the caller's intake, and who counts what became of samples. */
export interface SenderParts {
  readonly intake: Intake;
  readonly bodyLimits: BodyLimits;
  readonly onTaken: (result: IntakeResult) => void;
}

/** Routes of senders that bring their own names and their own formats. */
export function addSenderRoutes(app: Hono, parts: EdgeParts): void {
  const intakes = new WeakMap<Ingest, Intake>();
  const { limits, metrics, guard, options } = parts;
  const intakeFor = async ({ req: { raw } }: Context, queryKey?: string) => {
    const { tenant } = await parts.enter(raw, SENDER_ROLES, queryKey);
    return intakeOf(tenant, intakes, options.now);
  };
  const enter = async (c: Context, share: BudgetShare, queryKey?: string) => ({
    intake: await intakeFor(c, queryKey),
    bodyLimits: { bodyBytesMax: limits.samplesBytesMax, bodyMsMax: limits.bodyMsMax, share },
    onTaken: (result: IntakeResult) => countSamples(metrics, result),
  });
  const post = (
    path: string,
    answer: (c: Context, share: BudgetShare) => Promise<Response>,
    tell?: TellProblem,
  ) =>
    serveRoute(
      app,
      guard,
      "POST",
      path,
      (c) => parts.budget.run((share) => answer(c, share)),
      tell,
    );
  post("/api/v1/write", async (c, share) => {
    return await answerRemoteWrite(c.req.raw, await enter(c, share));
  });
  post("/write", async (c, share) => {
    const sender = await enter(c, share, c.req.query("p"));
    return await answerInfluxWrite(c.req.raw, 1, sender, options.now());
  }, influxProblem(1));
  post("/api/v2/write", async (c, share) => {
    return await answerInfluxWrite(c.req.raw, 2, await enter(c, share), options.now());
  }, influxProblem(2));
  post("/query", async (c, share) => {
    await intakeFor(c, c.req.query("p"));
    return await answerInfluxQuery(c.req.raw, share);
  }, influxProblem(1));
  post("/v1/metrics", (c, share) => answerOtlp(c.req.raw, () => enter(c, share)), statusResponse);
  addAnomalyRoutes(app, parts);
  post("/v1/mapping/dry-run", async (c, share) => {
    const { bodyMsMax } = limits;
    return await answerDryRun(c.req.raw, await intakeFor(c), { bodyMsMax, share });
  });
  serveRoute(app, guard, "GET", "/v1/mapping/quarantine", async (c) => {
    return quarantineResponse(await intakeFor(c));
  });
  serveRoute(app, guard, "GET", "/ping", influxPing);
  serveRoute(app, guard, "GET", "/health", influxHealth);
}

/** One question, one answer, as small clients ask. */
function addAnomalyRoutes(app: Hono, { guard, options, limits, budget, enter }: EdgeParts): void {
  const memory = new VerdictMemory();
  serveRoute(app, guard, "POST", "/anomaly", async ({ req: { raw } }) => {
    const { principal, tenant } = await enter(raw);
    const { bodyMsMax } = limits;
    const asked = { id: options.newId(), now: options.now(), bodyMsMax };
    const answer = await budget.run((share) => judgeAnomaly(raw, tenant, { ...asked, share }));
    memory.keep(principal.tenantId, answer);
    return Response.json(answer);
  });
  serveRoute(app, guard, "GET", "/anomaly/explain/:id", async ({ req }: Context) => {
    const { principal, tenant } = await enter(req.raw);
    const id = req.param("id") ?? "";
    return Response.json(await explainAnomaly(principal.tenantId, id, tenant, memory));
  });
}

function intakeOf(
  { ingest, intake }: EdgeTenant,
  intakes: WeakMap<Ingest, Intake>,
  now: () => number,
): Intake {
  if (intake !== undefined) return intake;
  if (ingest === undefined) {
    const message = "Cannot keep telemetry: this edge has no durable store";
    throw new Problem("NO_DURABLE_STORE", message);
  }
  const known = intakes.get(ingest) ?? createIntake({ ingest, now });
  intakes.set(ingest, known);
  return known;
}

function countSamples(metrics: EdgeMetrics, result: IntakeResult): void {
  const count = (outcome: string, by: number) =>
    metrics.count("treeline_points_total", "Points of requests", by, { result: outcome });
  count("accepted", result.accepted);
  count("duplicate", result.duplicates);
  count("refused", result.refused.length);
  for (const [reason, by] of result.skipped) count(`skipped_${reason}`, by);
}
