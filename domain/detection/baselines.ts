import type { Selectable } from "kysely";
import type { BaselineStats } from "../../scoring/detect/mod.ts";
import { ANY_PERIOD, type Period } from "../../scoring/time/mod.ts";
import { build, guarded, listed } from "../storage/build.ts";
import type { ChangeDeps } from "../change.ts";
import { eventStatements } from "../storage/event_log.ts";
import { readChildPages } from "../storage/child_pages.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change, Statement } from "../storage/write.ts";

type Stored = Selectable<Tables["baselines"]>;

/** Expected value and spread of a series in one period, valid from one event time to another. */
export type Baseline = Omit<Stored, "stats"> & { readonly stats: BaselineStats };

export interface BaselineFilter {
  readonly deviceId?: string | null;
  readonly metricId?: string | null;
  readonly period?: Period | null;
  /** Only those that nothing has followed. */
  readonly isCurrent?: boolean | null;
}

/** What was found for one series in one period. */
export interface FittedBaseline {
  readonly deviceId: string;
  readonly metricId: string;
  readonly period: Period;
  readonly stats: BaselineStats;
  /** End of the data that it is made of, ms of event time. */
  readonly validFrom: number;
}

const NEWEST_FIRST = { columns: ["valid_from", "id"], direction: "desc" } as const;

/** By id. */
export async function findBaseline(tenant: TenantDb, id: string): Promise<Baseline | undefined> {
  const row = await baselinesOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toBaseline(row);
}

/** Newest first; its key is (valid_from, id). */
export async function listBaselines(
  tenant: TenantDb,
  { deviceId, metricId, period, isCurrent, ...page }: PageRequest & BaselineFilter,
): Promise<Page<Baseline>> {
  let query = filteredBaselines(tenant, { metricId, period, isCurrent });
  if (deviceId) query = query.where("device_id", "=", deviceId);
  return mapPage(await readPage(query, NEWEST_FIRST, page), toBaseline);
}

/** The newest of each device, in the order of the devices, as `listBaselines` of one. */
export async function listBaselinesOfDevices(
  tenant: TenantDb,
  deviceIds: readonly string[],
  { metricId, period, isCurrent, ...page }: PageRequest & Omit<BaselineFilter, "deviceId">,
): Promise<Page<Baseline>[]> {
  const pages = await readChildPages(
    filteredBaselines(tenant, { metricId, period, isCurrent }),
    { db: tenant.db, table: "baselines", parent: "device_id", parentIds: deviceIds },
    NEWEST_FIRST,
    page,
  );
  return pages.map((one) => mapPage(one, toBaseline));
}

/** In the order of the ids, `undefined` where the tenant has no such baseline. */
export async function loadBaselines(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(Baseline | undefined)[]> {
  const rows = await baselinesOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toBaseline));
}

/** A value of a series at an instant of a period. */
export interface BaselineKey {
  readonly deviceId: string;
  /** The metric's name. */
  readonly metric: string;
  readonly period: Period;
  /** Event time, ms. */
  readonly at: number;
}

/**
 * What was normal for each value: the baseline of its own period in force at its time, else that of
 * all times; `undefined` where there was none yet.
 */
export async function baselinesInForce(
  tenant: TenantDb,
  keys: readonly BaselineKey[],
): Promise<(Baseline | undefined)[]> {
  const latest = keys.reduce((most, { at }) => Math.max(most, at), -Infinity);
  const rows = await baselinesOf(tenant)
    .innerJoin("metric_definitions as metric", "metric.id", "baselines.metric_id")
    .select("metric.name as metric")
    .where("device_id", "in", listed(keys.map(({ deviceId }) => deviceId)))
    .where("metric.name", "in", listed(keys.map(({ metric }) => metric)))
    .where("valid_from", "<=", latest).execute();
  return keys.map((key) => {
    const own = rows.filter((row) => isInForce(row, key));
    const found = own.find(({ period }) => period === key.period) ?? own[0];
    if (!found) return undefined;
    const { metric: _metric, ...row } = found;
    return toBaseline(row);
  });
}

function isInForce(row: Stored & { readonly metric: string }, key: BaselineKey): boolean {
  const { deviceId, metric, period, at } = key;
  return row.device_id === deviceId && row.metric === metric && row.valid_from <= at &&
    (row.valid_to === null || at < row.valid_to) &&
    (row.period === period || row.period === ANY_PERIOD);
}

/**
 * Puts the baselines of one device in force in place of those before them. One that says what the
 * current one says changes nothing, so that building again is harmless.
 */
export async function replaceBaselines(
  tenant: TenantDb,
  deviceId: string,
  fitted: readonly FittedBaseline[],
  { now, newId }: ChangeDeps,
): Promise<Change<readonly Baseline[]>> {
  const rows = await baselinesOf(tenant).where("device_id", "=", deviceId)
    .where("valid_to", "is", null).execute();
  const current = new Map(rows.map((row) => [keyOf(row.metric_id, row.period), toBaseline(row)]));
  const at = now();
  const built: Baseline[] = [];
  const statements: Statement[] = [];
  for (const one of fitted) {
    const previous = current.get(keyOf(one.metricId, one.period));
    if (previous && isSame(previous, one)) continue;
    const next = newBaseline(tenant.tenantId, one, previous, newId(), at);
    built.push(next);
    if (previous) statements.push(ended(previous, next.valid_from));
    const row = { ...next, stats: JSON.stringify(next.stats) };
    statements.push(guarded(build.insertInto("baselines").values(row)));
  }
  if (built.length > 0) statements.push(eventsOf(built, at));
  return { subject: built, write: { statements } };
}

function newBaseline(
  tenantId: string,
  { deviceId, metricId, period, stats, validFrom }: FittedBaseline,
  previous: Baseline | undefined,
  id: string,
  at: number,
): Baseline {
  return {
    id,
    tenant_id: tenantId,
    scope: "series",
    device_id: deviceId,
    metric_id: metricId,
    period,
    stats,
    valid_from: validFrom,
    valid_to: null,
    version: (previous?.version ?? 0) + 1,
    created_at: at,
  };
}

/** A baseline made of older data than the one before leaves that one valid for no time at all. */
function ended(previous: Baseline, validFrom: number): Statement {
  const validTo = Math.max(previous.valid_from, validFrom);
  return guarded(
    build.updateTable("baselines").set({ valid_to: validTo })
      .where("tenant_id", "=", previous.tenant_id)
      .where("id", "=", previous.id).where("valid_to", "is", null),
  );
}

function isSame(previous: Baseline, { stats, validFrom }: FittedBaseline): boolean {
  return previous.valid_from === validFrom &&
    JSON.stringify(previous.stats) === JSON.stringify(stats);
}

function keyOf(metricId: string, period: Period): string {
  return JSON.stringify([metricId, period]);
}

function eventsOf(built: readonly Baseline[], at: number): Statement {
  return eventStatements(built.map((baseline) => ({
    tenantId: baseline.tenant_id,
    type: "baseline.built",
    subjectId: baseline.id,
    payload: baseline,
    at,
  })));
}

function filteredBaselines(
  tenant: TenantDb,
  { metricId, period, isCurrent }: Omit<BaselineFilter, "deviceId">,
) {
  let query = baselinesOf(tenant);
  if (metricId) query = query.where("metric_id", "=", metricId);
  if (period) query = query.where("period", "=", period);
  if (isCurrent) query = query.where("valid_to", "is", null);
  return query;
}

function baselinesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("baselines").selectAll("baselines")
    .where("baselines.tenant_id", "=", tenant.tenantId);
}

function toBaseline(row: Stored): Baseline {
  return { ...row, stats: JSON.parse(row.stats) };
}
