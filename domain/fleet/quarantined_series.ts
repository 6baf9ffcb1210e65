import { sha256 } from "@noble/hashes/sha2";
import type { Selectable } from "kysely";
import type {
  QuarantinedSeries as SeenSeries,
  SeriesOrigin,
} from "../../scoring/edge/standalone/protocol.ts";
import type { ChangeDeps } from "../change.ts";
import { createDevice, findDeviceByExternalId } from "./devices.ts";
import { NotFoundError } from "../errors.ts";
import { createMetric, findMetricByName } from "./metrics.ts";
import { build, guarded, listed } from "../storage/build.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import { rawQuery } from "../storage/raw_query.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change, Statement } from "../storage/write.ts";

/** Series of a tenant that are kept: what people look through; those seen longest ago go first. */
export const QUARANTINED_SERIES_KEPT_MAX = 10_000;

/** Stands for the gateway's own intake among the names of edges, which are never empty. */
const GATEWAY = "";

type Row = Selectable<Tables["quarantined_series"]>;

/** A series under a device or metric that the tenant does not have; its points are kept out. */
export type QuarantinedSeries = Omit<Row, "origin" | "edge_id"> & {
  /** Name of the edge that keeps it out; null for the gateway. */
  readonly edge_id: string | null;
  /** How its sender names it; null where that is not known any more. */
  readonly origin: SeriesOrigin | null;
};

/** What a series is called by. */
export type SeriesNames = Pick<SeenSeries, "device" | "metric">;

export interface QuarantineFilter {
  /** Only what this edge keeps out. */
  readonly edgeId?: string | null;
  /** Those that a person does not want to see, in place of the others. */
  readonly isDismissed?: boolean | null;
}

/** Newest first; its key is (first_seen_at, id). What is known by now is not listed any more. */
export async function listQuarantinedSeries(
  tenant: TenantDb,
  { edgeId, isDismissed, ...page }: PageRequest & QuarantineFilter,
): Promise<Page<QuarantinedSeries>> {
  let query = waitingOf(tenant).where("dismissed_at", isDismissed ? "is not" : "is", null);
  if (typeof edgeId === "string") query = query.where("edge_id", "=", edgeId.normalize("NFC"));
  const order = { columns: ["first_seen_at", "id"], direction: "desc" } as const;
  return mapPage(await readPage(query, order, page), toSeries);
}

/** In the order of the ids, `undefined` where the tenant has no such series in quarantine. */
export async function loadQuarantinedSeries(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(QuarantinedSeries | undefined)[]> {
  const rows = await waitingOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toSeries));
}

/** Those of these series of which the tenant has both the device and the metric by now. */
export async function findKnownSeries(
  tenant: TenantDb,
  series: readonly SeriesNames[],
): Promise<readonly SeriesNames[]> {
  const query = rawQuery(
    `select value ->> 0 as device, value ->> 1 as metric from json_each(?2)
      where exists (select 1 from devices where tenant_id = ?1 and external_id = value ->> 0)
        and exists (select 1 from metric_definitions where tenant_id = ?1 and name = value ->> 1)`,
    [tenant.tenantId, JSON.stringify(series.map(({ device, metric }) => [device, metric]))],
  );
  return (await tenant.db.executeQuery<SeriesNames>(query)).rows;
}

/**
 * Makes the device and the metric of a series, so that its points are taken from now on wherever they
 * come.
 *
 * @throws {NotFoundError} @throws {InvalidInputError} @throws {QuotaExceededError}
 */
export async function acceptQuarantinedSeries(
  tenant: TenantDb,
  id: string,
  deps: ChangeDeps,
): Promise<Change<QuarantinedSeries>> {
  const series = await getSeries(tenant, id);
  const { device: externalId, metric: name, unit, kind: dataType } = series;
  const statements: Statement[] = [];
  if (!await findDeviceByExternalId(tenant, externalId)) {
    const made = await createDevice(tenant, { externalId, source: "sender" }, deps);
    statements.push(...made.write.statements);
  }
  if (!await findMetricByName(tenant, name)) {
    const made = await createMetric(tenant, { name, unit, dataType }, deps);
    statements.push(...made.write.statements);
  }
  statements.push(knownForgotten(tenant.tenantId));
  return { subject: series, write: { statements } };
}

/**
 * Lists the series no more; its points stay out and are counted.
 *
 * @throws {NotFoundError}
 */
export async function dismissQuarantinedSeries(
  tenant: TenantDb,
  id: string,
  { now, by }: Pick<ChangeDeps, "now"> & { readonly by: string },
): Promise<Change<QuarantinedSeries>> {
  const series = await getSeries(tenant, id);
  if (series.dismissed_at !== null) return { subject: series, write: { statements: [] } };
  const dismissed = { dismissed_at: now(), dismissed_by: by };
  const update = build.updateTable("quarantined_series").set(dismissed)
    .where("tenant_id", "=", tenant.tenantId).where("id", "=", id)
    .where("dismissed_at", "is", null);
  return { subject: { ...series, ...dismissed }, write: { statements: [guarded(update)] } };
}

/** Keeps what an edge says of its quarantine, of each series all that it has counted. */
export function edgeQuarantineStatements(
  tenantId: string,
  edgeId: string,
  series: readonly SeenSeries[],
): Statement[] {
  return seenStatements({ tenantId, edgeId, series, points: "excluded.points" });
}

/** Adds what the gateway's own intake has kept out since it was last told. */
export function ownQuarantineStatements(
  tenantId: string,
  series: readonly SeenSeries[],
): Statement[] {
  return seenStatements({ tenantId, edgeId: GATEWAY, series, points: "points + excluded.points" });
}

interface SeenInput {
  readonly tenantId: string;
  readonly edgeId: string;
  readonly series: readonly SeenSeries[];
  /** What the count becomes. */
  readonly points: "excluded.points" | "points + excluded.points";
}

/** What is known meanwhile is left out: a report may be older than an acceptance. */
function seenStatements({ tenantId, edgeId, series, points }: SeenInput): Statement[] {
  if (series.length === 0) return [];
  const rows = series.map((one) => [
    idOf([tenantId, edgeId, one.device, one.metric]),
    one.device,
    one.metric,
    one.unit,
    one.kind,
    one.origin === null ? null : JSON.stringify(one.origin),
    one.points,
    one.firstSeenAt,
    one.lastSeenAt,
    one.lastAt,
    one.lastValue,
  ]);
  const query = rawQuery(
    `insert into quarantined_series (tenant_id, edge_id, id, device, metric, unit, kind, origin,
        points, first_seen_at, last_seen_at, last_at, last_value)
      select ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
        value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10 from json_each(?3)
      where not exists (select 1 from devices
          where devices.tenant_id = ?1 and external_id = value ->> 1)
        or not exists (select 1 from metric_definitions
          where metric_definitions.tenant_id = ?1 and name = value ->> 2)
      on conflict (tenant_id, edge_id, device, metric) do update set
        unit = excluded.unit, kind = excluded.kind, origin = coalesce(excluded.origin, origin),
        points = ${points}, first_seen_at = min(first_seen_at, excluded.first_seen_at),
        last_seen_at = excluded.last_seen_at, last_at = excluded.last_at,
        last_value = excluded.last_value`,
    [tenantId, edgeId, JSON.stringify(rows)],
  );
  return [{ query, rows: rows.length }, oldestForgotten(tenantId)];
}

function oldestForgotten(tenantId: string): Statement {
  return {
    query: rawQuery(
      `delete from quarantined_series where id in (select id from quarantined_series
        where tenant_id = ? order by last_seen_at desc limit -1 offset ?)`,
      [tenantId, QUARANTINED_SERIES_KEPT_MAX],
    ),
  };
}

function knownForgotten(tenantId: string): Statement {
  return {
    query: rawQuery(
      `delete from quarantined_series where tenant_id = ?1
        and exists (select 1 from devices
          where devices.tenant_id = ?1 and external_id = quarantined_series.device)
        and exists (select 1 from metric_definitions
          where metric_definitions.tenant_id = ?1 and name = quarantined_series.metric)`,
      [tenantId],
    ),
  };
}

async function getSeries(tenant: TenantDb, id: string): Promise<QuarantinedSeries> {
  const [series] = await loadQuarantinedSeries(tenant, [id]);
  if (!series) throw new NotFoundError("quarantined series", id);
  return series;
}

/** Those of which the tenant lacks the device or the metric. */
function waitingOf(tenant: TenantDb) {
  const { tenantId } = tenant;
  return tenant.db.selectFrom("quarantined_series").selectAll().where("tenant_id", "=", tenantId)
    .where(({ or, not, exists, selectFrom }) =>
      or([
        not(exists(
          selectFrom("devices").select("devices.id").where("devices.tenant_id", "=", tenantId)
            .whereRef("devices.external_id", "=", "quarantined_series.device"),
        )),
        not(exists(
          selectFrom("metric_definitions as known").select("known.id")
            .where("known.tenant_id", "=", tenantId)
            .whereRef("known.name", "=", "quarantined_series.metric"),
        )),
      ])
    );
}

function toSeries({ origin, edge_id, ...row }: Row): QuarantinedSeries {
  return {
    ...row,
    edge_id: edge_id === GATEWAY ? null : edge_id,
    origin: origin === null ? null : JSON.parse(origin),
  };
}

/** Told again, a series has the same id. */
function idOf(key: readonly string[]): string {
  return sha256(new TextEncoder().encode(JSON.stringify(key))).slice(0, ID_BYTES).toHex();
}

const ID_BYTES = 16;
