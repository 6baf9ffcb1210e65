import { type Model, openJudge, scoreVectors, SeriesModelError } from "../../detect/mod.ts";
import { foldSeries, type Sample } from "../../features/mod.ts";
import type { Matrix } from "../../forest/mod.ts";
import { featureBudget } from "../ingest/mod.ts";
import type { EdgeLimits } from "../limits.ts";
import { pause } from "../pause.ts";
import {
  type BudgetShare,
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
} from "../wire/mod.ts";
import {
  checkExplainedRows,
  checkExplains,
  explained,
  type ExplainedVerdict,
} from "./explain/mod.ts";
import type { Answer } from "./idempotency.ts";
import { type ModelCatalog, parseReference, type ServedModel } from "./models.ts";

/** Rows scored before others may run: some milliseconds with explanations. */
const ROWS_PER_SLICE = 256;

/** A verdict of a bucket of points, or of one vector; null for a vector that was refused. */
type ToldVerdict = ExplainedVerdict & { readonly at?: number };

interface ScoreAnswer {
  readonly verdicts: readonly (ToldVerdict | null)[];
  readonly refused: readonly Refusal[];
}

/** Scores without any state: what `POST /v1/score` answers. */
export async function answerScore(
  request: Request,
  catalog: ModelCatalog,
  limits: EdgeLimits,
  share: BudgetShare,
): Promise<Answer> {
  const type = contentTypeOf(request, ["application/json", "application/octet-stream"]);
  const bytes = await readBody(request, { ...limits, share });
  const { verdicts, refused } = type === "application/json"
    ? await scoreJson(bytes, catalog, limits)
    : await scoreBinary(request, bytes, catalog, limits);
  const allRefused = refused.length > 0 && verdicts.every((verdict) => verdict === null);
  return { status: allRefused ? 422 : 200, body: JSON.stringify({ verdicts, refused }) };
}

async function scoreJson(
  bytes: Uint8Array,
  catalog: ModelCatalog,
  limits: EdgeLimits,
): Promise<ScoreAnswer> {
  const request = parseScoreRequest(bytes, limits);
  const served = await findModel(catalog, request);
  checkExplains(served.model, request);
  if (request.points !== undefined) {
    return await scorePoints(served, request, request.points, limits);
  }
  const rows = parseVectors(request.vectors ?? [], widthOf(served.model));
  return await scoreRows(served, request, rows, limits);
}

async function scoreBinary(
  request: Request,
  bytes: Uint8Array,
  catalog: ModelCatalog,
  limits: EdgeLimits,
): Promise<ScoreAnswer> {
  const head = parseScoreQuery(new URL(request.url).searchParams);
  const served = await findModel(catalog, head);
  checkExplains(served.model, head);
  const rows = parseF32Rows(bytes, widthOf(served.model), limits.vectorsPerRequestMax);
  return await scoreRows(served, head, rows, limits);
}

function widthOf(model: Model): number {
  return model.plan.features.length;
}

async function findModel(catalog: ModelCatalog, head: ScoreHead): Promise<ServedModel> {
  const served = await catalog.find(parseReference(head.model, head.device));
  if (served !== undefined) return served;
  const message = `Cannot find model ${quoted(head.model)}: wanted its id or "detector:alias", ` +
    "with a device where the detector has several models";
  throw new Problem("MODEL_UNKNOWN", message, { field: "model" });
}

async function scoreRows(
  { summary, model, setting }: ServedModel,
  head: ScoreHead,
  rows: ParsedRows,
  limits: EdgeLimits,
): Promise<ScoreAnswer> {
  checkJudgesRows(model);
  checkExplainedRows(rows.rowCount, head, limits, "vectors");
  const options = { explain: head.explain === "path", period: head.period, setting };
  const verdicts: (ExplainedVerdict | null)[] = [];
  for (let from = 0; from < rows.rowCount; from += ROWS_PER_SLICE) {
    if (from > 0) await pause();
    const slice = sliceOf(rows, from, widthOf(model));
    const scored = scoreVectors(model, summary.id, slice, options);
    const told = await explained(model, head, scored, (row) => rowOf(slice, row));
    told.forEach((verdict, row) => verdicts[rows.positions[from + row]] = verdict);
  }
  for (const { index } of rows.refused) verdicts[index] = null;
  return { verdicts, refused: rows.refused };
}

function checkJudgesRows({ plan, provenance }: Model): void {
  if ((plan.memoryBuckets ?? 0) === 0) return;
  const { message } = new SeriesModelError(provenance.algorithm);
  throw new Problem("MODEL_NEEDS_SERIES", `${message}: send points`, { field: "vectors" });
}

function sliceOf({ data, rowCount }: ParsedRows, from: number, columnCount: number): Matrix {
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
