import type { IntakeResult } from "../../intake/mod.ts";
import {
  influxErrorHeader,
  type InfluxVersion,
  parsePrecision,
  readLines,
} from "../../wire/influx/mod.ts";
import { type BudgetShare, Problem, quoted, readBody, type Refusal } from "../../wire/mod.ts";
import { lateHeader } from "./late.ts";
import type { SenderParts } from "./sender_parts.ts";

/** Lines that an answer names; the rest is counted. */
const ERRORS_TOLD_MAX = 100;

/** Parameters that name where a sender means to write, and as what rules see them. */
const TARGETS = [["db", "__database__"], ["bucket", "__bucket__"], ["org", "__org__"]] as const;

/** `POST /write` and `POST /api/v2/write`: 204 when all lines are taken, 400 naming those that are not. */
export async function answerInfluxWrite(
  request: Request,
  version: InfluxVersion,
  { intake, bodyLimits, onTaken }: SenderParts,
  now: number,
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const precision = parsePrecision(query.get("precision"));
  const target = new Map(TARGETS.flatMap(([parameter, label]) => {
    const value = query.get(parameter);
    return value ? [[label, value] as const] : [];
  }));
  const body = await readBody(request, bodyLimits);
  const batch = await intake.openBatch();
  readLines(body, batch, { precision, now, target });
  const result = await intake.take(batch);
  onTaken(result);
  return result.refused.length === 0
    ? new Response(null, { status: 204, headers: lateHeader(result) })
    : partialWrite(version, result);
}

/** Senders drop what is answered with 400, and look for "partial write" in the answer of version 1. */
function partialWrite(version: InfluxVersion, result: IntakeResult): Response {
  const { refused } = result;
  const errors = refused.slice(0, ERRORS_TOLD_MAX).map(lineError);
  const { line, message } = errors[0];
  const text = `partial write: line ${line}: ${message} dropped=${refused.length}`;
  const body = version === 1
    ? { error: text, errors }
    : { code: "invalid", message: text, line, errors };
  return Response.json(body, {
    status: 400,
    headers: { ...lateHeader(result), ...influxErrorHeader(text) },
  });
}

function lineError({ index, code, message }: Refusal) {
  return { line: index + 1, code, message };
}

/** `POST /query` of version 1: Telegraf makes its database before it writes, and here all exist. */
export async function answerInfluxQuery(
  request: Request,
  share: BudgetShare,
): Promise<Response> {
  const query = new URL(request.url).searchParams.get("q") ?? await formQuery(request, share);
  if (/^\s*create\s+database\b/i.test(query)) {
    return Response.json({ results: [{ statement_id: 0 }] });
  }
  throw new Problem("PARAMETER_INVALID", `Cannot answer ${quoted(query)}: wanted CREATE DATABASE`, {
    field: "q",
  });
}

/** Bytes of a form with one statement. */
const FORM_BYTES_MAX = 4_096;

async function formQuery(request: Request, share: BudgetShare): Promise<string> {
  const limits = { bodyBytesMax: FORM_BYTES_MAX, bodyMsMax: 5_000, share };
  const text = new TextDecoder().decode(await readBody(request, limits));
  return new URLSearchParams(text).get("q") ?? "";
}

/** `/ping`: senders look for an answer and for a version. */
export function influxPing(): Response {
  return new Response(null, { status: 204, headers: { "x-influxdb-version": "1.8-treeline" } });
}

/** `/health` in the words of version 2. */
export function influxHealth(): Response {
  const body = { name: "treeline", message: "ready for writes", status: "pass", checks: [] };
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}
