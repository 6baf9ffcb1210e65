import { type Contribution, excessOf, scoreVectors, sectionFor } from "../../detect/mod.ts";
import { featureNames, foldSeries, lookbackBuckets, type Sample } from "../../features/mod.ts";
import { periodAt } from "../../time/mod.ts";
import { type Ingest, LruMap } from "../ingest/mod.ts";
import {
  type BudgetShare,
  contentTypeOf,
  isObject,
  parseJson,
  Problem,
  quoted,
  readBody,
} from "../wire/mod.ts";
import { bandOf, explanationOf } from "./explain/mod.ts";
import { type ModelCatalog, parseReference, type ServedModel } from "./models.ts";

/** Verdicts of all tenants whose explanation is remembered. */
const VERDICTS_REMEMBERED_MAX = 1_000;

/** A request is one vector. */
const ANOMALY_BYTES_MAX = 256 * 1024;

/** Models among which the one in production is looked for. */
const MODELS_LISTED_MAX = 1_000;

/** What `POST /anomaly` answers. */
export interface AnomalyAnswer {
  readonly id: string;
  readonly is_anomaly: boolean;
  /** How far the score lies between threshold and saturation, 0 to 1. */
  readonly severity: number;
  readonly severity_band: "LOW" | "MEDIUM" | "HIGH" | null;
  readonly action: string | null;
  readonly score: number;
  readonly threshold: number;
  readonly contributions: readonly Contribution[];
  readonly explanation: string;
}

/** A stored anomaly, as far as its explanation needs it. */
export interface StoredAnomaly {
  readonly score: number;
  readonly threshold: number;
  /** 0 to 1. */
  readonly severity: number;
  readonly contributions: readonly Contribution[];
}

/** What judging takes of a tenant. */
export interface AnomalyTenant {
  readonly ingest: Ingest | undefined;
  readonly models: ModelCatalog;
  readonly findAnomaly?: (id: string) => Promise<StoredAnomaly | undefined>;
}

/** Verdicts whose explanation can be asked for again. */
export class VerdictMemory {
  readonly #explanations = new LruMap<string, string>(VERDICTS_REMEMBERED_MAX);

  keep(tenantId: string, { id, explanation }: AnomalyAnswer): void {
    this.#explanations.set(`${tenantId} ${id}`, explanation);
  }

  find(tenantId: string, id: string): string | undefined {
    return this.#explanations.get(`${tenantId} ${id}`);
  }
}

/** What an answer takes beside its request. */
export interface AnomalyAsked {
  /** Of the verdict. */
  readonly id: string;
  readonly now: number;
  readonly bodyMsMax: number;
  readonly share: BudgetShare;
}

/** Judges one vector of features, or the newest values of a device's metrics, and keeps nothing. */
export async function judgeAnomaly(
  request: Request,
  tenant: AnomalyTenant,
  { id, now, bodyMsMax, share }: AnomalyAsked,
): Promise<AnomalyAnswer> {
  contentTypeOf(request, ["application/json"]);
  const limits = { bodyBytesMax: ANOMALY_BYTES_MAX, bodyMsMax, share };
  const body = parseJson(await readBody(request, limits));
  if (!isObject(body)) throw invalid("", "an object", body);
  const { features, metrics } = body;
  if ((features === undefined) === (metrics === undefined)) {
    throw invalid("features", "either features or metrics", features);
  }
  const device = optionalText("device", body.device);
  const served = await modelOf(tenant.models, optionalText("model", body.model), device);
  const values = features === undefined
    ? await rowOfMetrics(tenant, served, device, metrics, now)
    : rowOfFeatures(served, features);
  return answerOf(id, served, values, now);
}

/** `GET /anomaly/explain/{id}`, of a verdict given here or of a stored anomaly. */
export async function explainAnomaly(
  tenantId: string,
  id: string,
  tenant: AnomalyTenant,
  memory: VerdictMemory,
): Promise<{ readonly id: string; readonly explanation: string }> {
  const known = memory.find(tenantId, id);
  if (known !== undefined) return { id, explanation: known };
  const stored = await tenant.findAnomaly?.(id);
  if (stored !== undefined) {
    return { id, explanation: explanationOf({ ...stored, isAnomaly: true }) };
  }
  throw new Problem("NOT_FOUND", `Cannot find anomaly ${quoted(id)}`, { field: "id" });
}

function answerOf(
  id: string,
  { summary, model, setting }: ServedModel,
  values: Float32Array,
  now: number,
): AnomalyAnswer {
  const row = { data: values, rowCount: 1, columnCount: values.length };
  const period = periodAt(setting.calendar, setting.zone, now);
  const [verdict] = scoreVectors(model, summary.id, row, { explain: true, period, setting });
  const { isAnomaly, score, threshold, contributions } = verdict;
  const { saturation } = sectionFor(model, period).calibration;
  const severity = excessOf(score, threshold, saturation);
  return {
    id,
    is_anomaly: isAnomaly,
    severity,
    severity_band: isAnomaly ? bandOf(severity).band : null,
    action: isAnomaly ? bandOf(severity).action : null,
    score,
    threshold,
    contributions,
    explanation: explanationOf({ isAnomaly, score, threshold, severity, contributions }),
  };
}

/** The model named, or the only one in production there is: for the device, where one is named. */
async function modelOf(
  catalog: ModelCatalog,
  name: string | undefined,
  device: string | undefined,
): Promise<ServedModel> {
  const reference = name === undefined
    ? await onlyReference(catalog, device)
    : parseReference(name, device);
  const served = reference && await catalog.find(reference);
  if (served !== undefined) return served;
  const message = name === undefined
    ? "Cannot choose a model: wanted one in production, or a model or device to tell it from others"
    : `Cannot find model ${quoted(name)}: wanted its id or "detector:alias"`;
  throw new Problem("MODEL_UNKNOWN", message, { field: "model" });
}

async function onlyReference(catalog: ModelCatalog, device: string | undefined) {
  const served = (await catalog.list(MODELS_LISTED_MAX))
    .filter(({ alias }) => alias === "production")
    .filter((model) => device === undefined || model.device === device || model.device === null);
  return served.length === 1 ? { id: served[0].id } : undefined;
}

function rowOfFeatures({ model }: ServedModel, features: unknown): Float32Array {
  const names = featureNames(model.plan);
  const given = numbersOf("features", features, names);
  return Float32Array.from(names, (name) => given.get(name)!);
}

/** The vector of a bucket that holds these values, behind what the device has sent before. */
async function rowOfMetrics(
  { ingest }: AnomalyTenant,
  { summary, model, setting }: ServedModel,
  named: string | undefined,
  metrics: unknown,
  now: number,
): Promise<Float32Array> {
  const { plan } = model;
  const names = plan.metrics.map(({ name }) => name);
  const given = numbersOf("metrics", metrics, names);
  const device = named ?? summary.device;
  const bucketAt = Math.floor(now / plan.bucketMs) * plan.bucketMs;
  const history = device === null || ingest === undefined
    ? []
    : await ingest.history(device, names, bucketAt - lookbackBuckets(plan) * plan.bucketMs);
  const samples: Sample[] = history.filter(({ at }) => at < bucketAt)
    .map(({ metric, at, value }) => ({ metric: names.indexOf(metric), at, value }));
  names.forEach((name, metric) => samples.push({ metric, at: bucketAt, value: given.get(name)! }));
  const vector = foldSeries(plan, setting.zone, samples).at(-1);
  if (vector?.complete) return vector.values;
  const message =
    "Cannot judge metrics: the model looks back further than what the device has sent";
  throw new Problem("INPUT_INVALID", message, { field: "metrics" });
}

/** A finite number for each of the names, and nothing else. */
function numbersOf(
  field: string,
  value: unknown,
  names: readonly string[],
): ReadonlyMap<string, number> {
  if (!isObject(value)) throw invalid(field, "an object", value);
  const numbers = new Map<string, number>();
  for (const name of names) {
    const number = Object.hasOwn(value, name) ? value[name] : undefined;
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw invalid(`${field}[${quoted(name)}]`, "a finite number", number);
    }
    numbers.set(name, number);
  }
  const other = Object.keys(value).find((name) => !numbers.has(name));
  if (other !== undefined) throw invalid(field, names.join(", "), other);
  return numbers;
}

function optionalText(field: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw invalid(field, "text", value);
}

function invalid(field: string, wanted: string, found: unknown): Problem {
  const message = `Cannot take ${field || "the body"}: wanted ${wanted}, found ${quoted(found)}`;
  return new Problem("INPUT_INVALID", message, { field });
}
