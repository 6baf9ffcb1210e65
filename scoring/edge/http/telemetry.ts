import type { Ingest } from "../ingest/mod.ts";
import type { EdgeLimits } from "../limits.ts";
import {
  type BudgetShare,
  contentTypeOf,
  parseCsvPoints,
  type ParsedPoints,
  parsePoints,
  type PointsFormat,
  Problem,
  readBody,
  type Refusal,
} from "../wire/mod.ts";
import type { EdgePrincipal } from "./access.ts";
import type { Answer, IdempotencyCache } from "./idempotency.ts";

type BodyFormat = PointsFormat | "csv";

const FORMATS: ReadonlyMap<string, BodyFormat> = new Map<string, BodyFormat>([
  ["application/json", "json"],
  ["application/x-ndjson", "ndjson"],
  ["application/ndjson", "ndjson"],
  ["application/jsonl", "ndjson"],
  ["text/csv", "csv"],
]);

/** What `POST /v1/telemetry` says: each point is accepted, a duplicate or refused. */
export interface TelemetryAnswer {
  readonly accepted: number;
  /** Of the accepted ones: stored, but not judged, as their device's detectors were past them. */
  readonly late: number;
  readonly duplicates: number;
  readonly refused: readonly Refusal[];
}

export interface TelemetryDeps {
  readonly limits: EdgeLimits;
  readonly idempotency: IdempotencyCache;
  readonly share: BudgetShare;
  /** Told what became of the points of each request that was not answered from memory. */
  readonly onTaken: (answer: TelemetryAnswer) => void;
}

/** Takes the points of a request. */
export async function answerTelemetry(
  request: Request,
  principal: EdgePrincipal,
  ingest: Ingest | undefined,
  { limits, idempotency, share, onTaken }: TelemetryDeps,
): Promise<Answer> {
  if (ingest === undefined) throw noStore();
  const format = FORMATS.get(contentTypeOf(request, [...FORMATS.keys()])) ?? "json";
  const body = await readBody(request, { ...limits, share });
  const work = async () => {
    const parsed = parseBody(body, format, request.url, limits.pointsPerRequestMax);
    const told = await take(parsed, ingest);
    onTaken(told);
    return { status: isAllRefused(told) ? 422 : 200, body: JSON.stringify(told) };
  };
  const key = request.headers.get("idempotency-key");
  return key === null ? work() : idempotency.answer(principal.keyId, key, body, work);
}

function parseBody(
  body: Uint8Array,
  format: BodyFormat,
  url: string,
  pointsMax: number,
): ParsedPoints {
  if (format !== "csv") return parsePoints(body, format, pointsMax);
  const device = new URL(url).searchParams.get("device") ?? undefined;
  return parseCsvPoints(body, { pointsMax, device });
}

function noStore(): Problem {
  const message =
    "Cannot keep telemetry: this edge has no durable store, POST /v1/score needs none";
  return new Problem("NO_DURABLE_STORE", message);
}

async function take(parsed: ParsedPoints, ingest: Ingest): Promise<TelemetryAnswer> {
  const { points, positions } = parsed;
  const { refused, ...counts } = await ingest.ingest(points);
  const placed = refused.map((refusal) => ({ ...refusal, index: positions[refusal.index] }));
  return { ...counts, refused: merged(parsed.refused, placed) };
}

function merged(parsed: readonly Refusal[], ingested: readonly Refusal[]): readonly Refusal[] {
  if (parsed.length === 0) return ingested;
  return [...parsed, ...ingested].sort((a, b) => a.index - b.index);
}

function isAllRefused({ accepted, duplicates, refused }: TelemetryAnswer): boolean {
  return refused.length > 0 && accepted + duplicates === 0;
}
