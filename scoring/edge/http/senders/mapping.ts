import type { Intake } from "../../intake/mod.ts";
import {
  createMapping,
  MappingError,
  type MappingRule,
  parseDryRun,
  type SeriesOutcome,
  type SourceSeries,
} from "../../mapping/mod.ts";
import { type BodyLimits, contentTypeOf, parseJson, Problem, readBody } from "../../wire/mod.ts";

/** What a dry run may send: a thousand series of a thousand bytes. */
const DRY_RUN_BYTES_MAX = 1024 * 1024;

/** `POST /v1/mapping/dry-run`: what would become of series, under given rules or the tenant's own. */
export async function answerDryRun(
  request: Request,
  intake: Intake,
  limits: Pick<BodyLimits, "bodyMsMax" | "share">,
): Promise<Response> {
  contentTypeOf(request, ["application/json"]);
  const body = parseJson(await readBody(request, { ...limits, bodyBytesMax: DRY_RUN_BYTES_MAX }));
  const { rules, series } = dryRunOf(body);
  const outcomes = rules === undefined ? await intake.dryRun(series) : outcomesUnder(rules, series);
  return Response.json({ outcomes });
}

function outcomesUnder(
  rules: readonly MappingRule[],
  series: readonly SourceSeries[],
): readonly SeriesOutcome[] {
  const mapping = createMapping(rules);
  return series.map((each) => mapping.map(each));
}

function dryRunOf(body: unknown) {
  try {
    return parseDryRun(body);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    const { field, limit, message } = error;
    throw new Problem("INPUT_INVALID", message, { field, limit });
  }
}

/** `GET /v1/mapping/quarantine`: series whose points are kept out, the one seen last at the end. */
export function quarantineResponse(intake: Intake): Response {
  return Response.json({ series: intake.quarantined() });
}
