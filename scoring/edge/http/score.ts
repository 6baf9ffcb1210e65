import {
  type Model,
  openJudge,
  scoreVectors,
  SeriesModelError,
  type Verdict,
} from "../../detect/mod.ts";
import { foldSeries, type Sample } from "../../features/mod.ts";
import type { Matrix } from "../../forest/mod.ts";
import type { Awaitable } from "../async/awaitable.ts";
import { featureBudget } from "../ingest/mod.ts";
import type { EdgeLimits } from "../limits.ts";
import { pause } from "../async/pause.ts";
import {
  contentTypeOf,
  type ParsedPoints,
  type ParsedRows,
  parseF32Rows,
  parseScoreQuery,
  parseScoreRequest,
  parseVectors,
  Problem,
  quoted,
  readBody,
  type Refusal,
  type ScoreHead,
  type ScoreRequest,
  type WorkBudget,
} from "../wire/mod.ts";
import {
  checkExplainedRows,
  checkExplains,
  explained,
  type ExplainedVerdict,
  isSlow,
} from "./explain/mod.ts";
import { jsonResponse } from "./json_response.ts";
import { type ModelCatalog, parseReference, type ServedModel } from "./models.ts";

/** Rows scored before others may run: some milliseconds with explanations. */
const ROWS_PER_SLICE = 256;

/** A verdict of a bucket of points, or of one vector; null for a vector that was refused. */
type ToldVerdict = ExplainedVerdict & { readonly at?: number };

interface ScoreAnswer {
  readonly verdicts: readonly (ToldVerdict | null)[];
  readonly refused: readonly Refusal[];
}

const CONTENT_TYPES = ["application/json", "application/octet-stream"] as const;

/** Scores without any state: what `POST /v1/score` answers. */
export async function answerScore(
  request: Request,
  catalog: ModelCatalog,
  limits: EdgeLimits,
  budget: WorkBudget,
): Promise<Response> {
  const { bodyBytesMax, bodyMsMax } = limits;
  const type = contentTypeOf(request, CONTENT_TYPES);
  const share = budget.open();
  try {
    const bytes = await readBody(request, { bodyBytesMax, bodyMsMax, share });
    const asked = type === "application/json"
      ? parseScoreRequest(bytes, limits)
      : { ...parseScoreQuery(new URL(request.url).searchParams), bytes };
    const found = catalog.find(parseReference(asked.model, asked.device));
    const served = found instanceof Promise ? await found : found;
    const scored = score(served ?? unknownModel(asked), asked, limits);
    return scoreResponse(scored instanceof Promise ? await scored : scored);
  } finally {
    share.end();
  }
}

function scoreResponse({ verdicts, refused }: ScoreAnswer): Response {
  const allRefused = refused.length > 0 && verdicts.every((verdict) => verdict === null);
  const body = JSON.stringify({ verdicts, refused });
  return jsonResponse({ status: allRefused ? 422 : 200, body });
}

/** A request whose body is rows alone. */
interface BinaryRequest extends ScoreHead {
  readonly bytes: Uint8Array;
}

function score(
  served: ServedModel,
  asked: ScoreRequest | BinaryRequest,
  limits: EdgeLimits,
): Awaitable<ScoreAnswer> {
  checkExplains(served.model, asked);
  const width = widthOf(served.model);
  if ("bytes" in asked) {
    const rows = parseF32Rows(asked.bytes, width, limits.vectorsPerRequestMax);
    return scoreRows(served, asked, rows, limits);
  }
  if (asked.points !== undefined) return scorePoints(served, asked, asked.points, limits);
  return scoreRows(served, asked, parseVectors(asked.vectors ?? [], width), limits);
}

function unknownModel({ model }: ScoreHead): never {
  const message = `Cannot find model ${quoted(model)}: wanted its id or "detector:alias", ` +
    "with a device where the detector has several models";
  throw new Problem("MODEL_UNKNOWN", message, { field: "model" });
}

function widthOf(model: Model): number {
  return model.plan.features.length;
}

function scoreRows(
  served: ServedModel,
  head: ScoreHead,
  rows: ParsedRows,
  limits: EdgeLimits,
): Awaitable<ScoreAnswer> {
  checkJudgesRows(served.model);
  checkExplainedRows(rows.rowCount, head, limits, "vectors");
  if (rows.rowCount > ROWS_PER_SLICE || isSlow(head)) return scoreSlices(served, head, rows);
  return answerOf(rows, scoreSlice(served, head, sliceOf(rows, 0, widthOf(served.model))));
}

/** Slice by slice, between which others run. */
async function scoreSlices(
  served: ServedModel,
  head: ScoreHead,
  rows: ParsedRows,
): Promise<ScoreAnswer> {
  const { model } = served;
  const verdicts: ExplainedVerdict[] = [];
  for (let from = 0; from < rows.rowCount; from += ROWS_PER_SLICE) {
    if (from > 0) await pause();
    const slice = sliceOf(rows, from, widthOf(model));
    const scored = scoreSlice(served, head, slice);
    verdicts.push(...await explained(model, head, scored, (row) => rowOf(slice, row)));
  }
  return answerOf(rows, verdicts);
}

function scoreSlice(
  { summary, model, setting }: ServedModel,
  { explain, period }: ScoreHead,
  slice: Matrix,
): Verdict[] {
  return scoreVectors(model, summary.id, slice, { explain: explain === "path", period, setting });
}

/** Each verdict where its vector was; refused vectors have none. */
function answerOf(
  { positions, refused }: ParsedRows,
  scored: readonly ExplainedVerdict[],
): ScoreAnswer {
  if (refused.length === 0) return { verdicts: scored, refused };
  const verdicts: (ExplainedVerdict | null)[] = [];
  scored.forEach((verdict, row) => verdicts[positions[row]] = verdict);
  for (const { index } of refused) verdicts[index] = null;
  return { verdicts, refused };
}

function checkJudgesRows({ plan, provenance }: Model): void {
  if ((plan.memoryBuckets ?? 0) === 0) return;
  const { message } = new SeriesModelError(provenance.algorithm);
  throw new Problem("MODEL_NEEDS_SERIES", `${message}: send points`, { field: "vectors" });
}

function sliceOf({ data, rowCount }: ParsedRows, from: number, columnCount: number): Matrix {
  if (rowCount <= ROWS_PER_SLICE) return { data, rowCount, columnCount };
  const until = Math.min(from + ROWS_PER_SLICE, rowCount);
  return {
    data: data.subarray(from * columnCount, until * columnCount),
    rowCount: until - from,
    columnCount,
  };
}

function rowOf({ data, columnCount }: Matrix, row: number): Float32Array {
  return data.subarray(row * columnCount, (row + 1) * columnCount);
}

/** One verdict for each bucket of the points that has enough history among them. */
async function scorePoints(
  { summary, model, setting }: ServedModel,
  head: ScoreHead,
  parsed: ParsedPoints,
  limits: EdgeLimits,
): Promise<ScoreAnswer> {
  const { samples, refused } = samplesOf(model, parsed);
  const vectors = foldSeries(model.plan, setting.zone, samples);
  const judge = openJudge(model, summary.id, setting);
  const judged = vectors.flatMap(({ bucketAt: at, values }, index) => {
    const verdict = judge.judge(vectors[index])?.tell(head.explain === "path");
    return verdict ? [{ values, verdict: { at, ...verdict } }] : [];
  });
  checkExplainedRows(judged.length, head, limits, "points");
  const verdicts = judged.map(({ verdict }) => verdict);
  return {
    verdicts: await explained(model, head, verdicts, (index) => judged[index].values),
    refused,
  };
}

function samplesOf(
  { plan }: Model,
  { points, positions, refused }: ParsedPoints,
): { samples: Sample[]; refused: Refusal[] } {
  const metrics = new Map(plan.metrics.map(({ name }, index) => [name, index]));
  const earliest = featureBudget(points.map(({ at }) => at), plan);
  const samples: Sample[] = [];
  const all = [...refused];
  points.forEach(({ metric: name, at, value }, position) => {
    const metric = metrics.get(name);
    const index = positions[position];
    if (metric === undefined) {
      const message = `Cannot find metric ${quoted(name)} in the model's plan`;
      all.push({ index, field: "metric", code: "METRIC_UNKNOWN", message });
    } else if (at < earliest) {
      const message = "Cannot score the point: it is too far behind the newest one";
      all.push({ index, field: "at", code: "SPAN_TOO_LONG", message });
    } else samples.push({ metric, at, value });
  });
  return { samples, refused: all.sort((a, b) => a.index - b.index) };
}
