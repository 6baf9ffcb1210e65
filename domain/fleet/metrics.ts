import type { Selectable } from "kysely";
import { build, guarded, listed } from "../storage/build.ts";
import { type ChangeDeps, checkVersion } from "../change.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../errors.ts";
import { eventStatement, eventStatements, type NewEvent } from "../storage/event_log.ts";
import { checkedChoice, checkedName } from "../input.ts";
import { inOrder, type Page, type PageRequest, readPage } from "../storage/page.ts";
import { checkQuota } from "../tenancy/quota.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change, Statement } from "../storage/write.ts";

/** Definition of something that is measured; a gauge is taken as it is, a counter becomes a rate. */
export type Metric = Selectable<Tables["metric_definitions"]>;

export const METRIC_DATA_TYPES = ["gauge", "counter"] as const;
export type MetricDataType = typeof METRIC_DATA_TYPES[number];

export interface NewMetric {
  /** Unique in the tenant. */
  readonly name: string;
  /** What it is about, as "cpu" or "latency": the kind of an incident follows from it. */
  readonly category?: string | null;
  readonly unit?: string | null;
  /** "gauge" (the default) or "counter". */
  readonly dataType?: string | null;
  /** Smallest value that is taken; any where not given. */
  readonly minValue?: number | null;
  readonly maxValue?: number | null;
  /** One of the product's own catalogue. */
  readonly isStandard?: boolean | null;
}

/**
 * What to change; a field that is left out stays, a bound that is null is lifted. Name and data type
 * stay for good: models are made for them.
 */
export interface MetricPatch {
  readonly category?: string | null;
  readonly unit?: string | null;
  readonly minValue?: number | null;
  readonly maxValue?: number | null;
  /** Refuse when the metric has another version by now. */
  readonly expectedVersion?: number | null;
}

/** By id. */
export function findMetric(tenant: TenantDb, id: string): Promise<Metric | undefined> {
  return metricsOf(tenant).where("id", "=", id).executeTakeFirst();
}

/** By the tenant's own name. */
export function findMetricByName(tenant: TenantDb, name: string): Promise<Metric | undefined> {
  return metricsOf(tenant).where("name", "=", name.normalize("NFC")).executeTakeFirst();
}

/** By name; its key is (name, id). */
export function listMetrics(tenant: TenantDb, page: PageRequest): Promise<Page<Metric>> {
  return readPage(metricsOf(tenant), { columns: ["name", "id"], direction: "asc" }, page);
}

/** In the order of the ids, `undefined` where the tenant has no such metric. */
export async function loadMetrics(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(Metric | undefined)[]> {
  return inOrder(ids, await metricsOf(tenant).where("id", "in", listed(ids)).execute());
}

/** Those of these names that exist, in no order. */
export function loadMetricsByName(tenant: TenantDb, names: readonly string[]): Promise<Metric[]> {
  return metricsOf(tenant).where("name", "in", listed(names)).execute();
}

/** Which of these names, normalised, are taken. */
export async function listKnownNames(
  tenant: TenantDb,
  names: readonly string[],
): Promise<Set<string>> {
  const rows = await tenant.db.selectFrom("metric_definitions").select("name")
    .where("tenant_id", "=", tenant.tenantId).where("name", "in", listed(names)).execute();
  return new Set(rows.map(({ name }) => name));
}

/**
 * A new metric.
 *
 * @throws {InvalidInputError} @throws {QuotaExceededError}
 * @throws {ConflictError} When the name is taken.
 */
export async function createMetric(
  tenant: TenantDb,
  input: NewMetric,
  deps: ChangeDeps,
): Promise<Change<Metric>> {
  const metric = newMetric(tenant, input, deps);
  const { name } = metric;
  if (await findMetricByName(tenant, name)) {
    throw new ConflictError(`Cannot create metric "${name}" as it exists`, "name");
  }
  await checkQuota(tenant, "metric_definitions");
  return { subject: metric, write: { statements: createdStatements([metric]) } };
}

/** The row of a new metric. @throws {InvalidInputError} */
export function newMetric(
  tenant: TenantDb,
  input: NewMetric,
  { now, newId }: ChangeDeps,
): Metric {
  const name = checkedName("name", input.name);
  return {
    id: newId(),
    tenant_id: tenant.tenantId,
    name,
    category: checkedName("category", input.category ?? "system"),
    unit: checkedUnit(input.unit ?? ""),
    data_type: checkedChoice("dataType", input.dataType ?? "gauge", METRIC_DATA_TYPES),
    is_standard: input.isStandard ? 1 : 0,
    ...checkedBounds(input.minValue ?? null, input.maxValue ?? null),
    created_at: now(),
    version: 1,
  };
}

/** Makes metrics and tells of them; the write holds only while none of their names is taken. */
export function createdStatements(metrics: readonly Metric[]): Statement[] {
  const insert = build.insertInto("metric_definitions").values(metrics)
    .onConflict((conflict) => conflict.columns(["tenant_id", "name"]).doNothing());
  const events = metrics.map((metric): NewEvent => ({
    tenantId: metric.tenant_id,
    type: "metric.created",
    subjectId: metric.id,
    payload: metric,
    at: metric.created_at,
  }));
  const rows = metrics.length;
  return [{ query: insert.compile(), rows, mustChange: rows }, eventStatements(events)];
}

/**
 * The metric with what the patch names changed.
 *
 * @throws {NotFoundError} @throws {InvalidInputError}
 * @throws {ConflictError} When it has another version than expected.
 */
export async function updateMetric(
  tenant: TenantDb,
  id: string,
  patch: MetricPatch,
  { now }: Pick<ChangeDeps, "now">,
): Promise<Change<Metric>> {
  const metric = await findMetric(tenant, id);
  if (!metric) throw new NotFoundError("metric", id);
  checkVersion(metric, patch.expectedVersion);
  const { minValue = metric.min_value, maxValue = metric.max_value } = patch;
  const changed = {
    category: checkedName("category", patch.category ?? metric.category),
    unit: checkedUnit(patch.unit ?? metric.unit),
    ...checkedBounds(minValue, maxValue),
    version: metric.version + 1,
  };
  const next: Metric = { ...metric, ...changed };
  const update = build.updateTable("metric_definitions").set(changed)
    .where("tenant_id", "=", tenant.tenantId).where("id", "=", id)
    .where("version", "=", metric.version);
  const event = updatedEvent(next, now());
  return { subject: next, write: { statements: [guarded(update), event] } };
}

/** A number without a unit has the unit "". */
function checkedUnit(unit: string): string {
  return unit === "" ? "" : checkedName("unit", unit);
}

function checkedBounds(minValue: number | null, maxValue: number | null) {
  for (const [field, bound] of [["minValue", minValue], ["maxValue", maxValue]] as const) {
    if (bound === null || Number.isFinite(bound)) continue;
    const said = `Cannot take ${field} as it must be a finite number: current value is ${bound}`;
    throw new InvalidInputError(field, said);
  }
  if (minValue !== null && maxValue !== null && minValue > maxValue) {
    const said = `Cannot take maxValue as it must not be below minValue ${minValue}: ` +
      `current value is ${maxValue}`;
    throw new InvalidInputError("maxValue", said);
  }
  return { min_value: minValue, max_value: maxValue };
}

function metricsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("metric_definitions").selectAll()
    .where("tenant_id", "=", tenant.tenantId);
}

function updatedEvent(metric: Metric, at: number) {
  const { tenant_id: tenantId, id: subjectId } = metric;
  return eventStatement({ tenantId, type: "metric.updated", subjectId, payload: metric, at });
}
