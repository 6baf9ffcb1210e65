import type { Ingest } from "../../ingest/mod.ts";
import { createIntake, type Intake, type IntakeResult } from "../../intake/mod.ts";
import { type BudgetShare, Problem } from "../../wire/mod.ts";
import { SENDER_ROLES } from "../access.ts";
import { explainAnomaly, judgeAnomaly, VerdictMemory } from "../anomaly.ts";
import type { EdgeParts, EdgeTenant } from "../edge_parts.ts";
import type { EdgeMetrics } from "../metrics.ts";
import { answerInfluxQuery, answerInfluxWrite, influxHealth, influxPing } from "./influx_write.ts";
import { answerDryRun, quarantineResponse } from "./mapping.ts";
import { answerOtlp } from "./otlp.ts";
import { answerRemoteWrite } from "./remote_write.ts";
import type { TellProblem } from "../guard.ts";
import { influxProblem } from "../../wire/influx/mod.ts";
import { statusResponse } from "../../wire/otlp/mod.ts";

/** Routes of senders that bring their own names and their own formats. */
export function addSenderRoutes(parts: EdgeParts): void {
  const intakes = new WeakMap<Ingest, Intake>();
  const { limits, metrics, routes, options } = parts;
  const intakeFor = async (request: Request, queryKey?: string | null) => {
    const { tenant } = await parts.enter(request, SENDER_ROLES, queryKey);
    return intakeOf(tenant, intakes, options.now);
  };
  const enter = async (request: Request, share: BudgetShare, queryKey?: string | null) => ({
    intake: await intakeFor(request, queryKey),
    bodyLimits: { bodyBytesMax: limits.samplesBytesMax, bodyMsMax: limits.bodyMsMax, share },
    onTaken: (result: IntakeResult) => countSamples(metrics, result),
  });
  const post = (
    path: string,
    answer: (request: Request, share: BudgetShare) => Promise<Response>,
    tell?: TellProblem,
  ) =>
    routes.serve(
      "POST",
      path,
      (request) => parts.budget.run((share) => answer(request, share)),
      tell,
    );
  post("/api/v1/write", async (request, share) => {
    return await answerRemoteWrite(request, await enter(request, share));
  });
  post("/write", async (request, share) => {
    const sender = await enter(request, share, keyOfQuery(request));
    return await answerInfluxWrite(request, 1, sender, options.now());
  }, influxProblem(1));
  post("/api/v2/write", async (request, share) => {
    return await answerInfluxWrite(request, 2, await enter(request, share), options.now());
  }, influxProblem(2));
  post("/query", async (request, share) => {
    await intakeFor(request, keyOfQuery(request));
    return await answerInfluxQuery(request, share);
  }, influxProblem(1));
  post(
    "/v1/metrics",
    (request, share) => answerOtlp(request, () => enter(request, share)),
    statusResponse,
  );
  addAnomalyRoutes(parts);
  post("/v1/mapping/dry-run", async (request, share) => {
    const { bodyMsMax } = limits;
    return await answerDryRun(request, await intakeFor(request), { bodyMsMax, share });
  });
  routes.serve("GET", "/v1/mapping/quarantine", async (request) => {
    return quarantineResponse(await intakeFor(request));
  });
  routes.serve("GET", "/ping", influxPing);
  routes.serve("GET", "/health", influxHealth);
}

/** One question, one answer, as small clients ask. */
function addAnomalyRoutes({ routes, options, limits, budget, enter }: EdgeParts): void {
  const memory = new VerdictMemory();
  routes.serve("POST", "/anomaly", async (request) => {
    const { principal, tenant } = await enter(request);
    const { bodyMsMax } = limits;
    const asked = { id: options.newId(), now: options.now(), bodyMsMax };
    const answer = await budget.run((share) => judgeAnomaly(request, tenant, { ...asked, share }));
    memory.keep(principal.tenantId, answer);
    return Response.json(answer);
  });
  routes.serve("GET", "/anomaly/explain/:id", async (request, id) => {
    const { principal, tenant } = await enter(request);
    return Response.json(await explainAnomaly(principal.tenantId, id, tenant, memory));
  });
}

/** The key that came with the query, as version 1 of InfluxDB's interface has it. */
function keyOfQuery({ url }: Request): string | null {
  return new URL(url).searchParams.get("p");
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
