import type { Selectable } from "kysely";
import type { ChangeDeps } from "./change.ts";
import { findDevice } from "./fleet/devices.ts";
import { InvalidInputError, NotFoundError } from "./errors.ts";
import { checkedMetadata, checkedName, type JsonObject } from "./input.ts";
import { build, listed, statement } from "./storage/build.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "./storage/page.ts";
import type { Tables } from "./storage/tables.ts";
import type { TenantDb } from "./storage/tenant_db.ts";
import type { Change } from "./storage/write.ts";

/** Characters of a summary: a sentence or two, the rest belongs into the details. */
export const CHANGE_SUMMARY_LENGTH_MAX = 1_000;

/** How far ahead of the clock a change may be, ms: clocks differ, and plans are no changes. */
const FUTURE_MS_MAX = 5 * 60_000;

/** Something that was done to what is watched, as a deployment: where to look for a cause. */
export type RecordedChange = Omit<Selectable<Tables["change_log"]>, "details"> & {
  readonly details: JsonObject;
};

export interface NewRecordedChange {
  /** The device that it was done to; all of the tenant's where not given. */
  readonly deviceId?: string | null;
  /** When it was done, ms; now where not given. */
  readonly at?: number | null;
  /** The tenant's own word, as "deployment". */
  readonly kind: string;
  /** For people. */
  readonly summary: string;
  readonly details?: JsonObject | null;
}

export interface RecordedChangeFilter {
  readonly deviceId?: string | null;
  /** Done at or after this instant, ms. */
  readonly from?: number | null;
  /** Done before this instant, ms. */
  readonly until?: number | null;
}

/** Newest first; its key is (at, id). */
export async function listRecordedChanges(
  tenant: TenantDb,
  { deviceId, from, until, ...page }: PageRequest & RecordedChangeFilter,
): Promise<Page<RecordedChange>> {
  let query = changesOf(tenant);
  if (deviceId) query = query.where("device_id", "=", deviceId);
  if (typeof from === "number") query = query.where("at", ">=", from);
  if (typeof until === "number") query = query.where("at", "<", until);
  const order = { columns: ["at", "id"], direction: "desc" } as const;
  return mapPage(await readPage(query, order, page), toRecordedChange);
}

/** In the order of the ids, `undefined` where the tenant has no such change. */
export async function loadRecordedChanges(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(RecordedChange | undefined)[]> {
  const rows = await changesOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toRecordedChange));
}

/**
 * Records something that was done. It is not told in the event log: nobody waits for it.
 *
 * @throws {InvalidInputError} @throws {NotFoundError} When the tenant has no such device.
 */
export async function recordChange(
  tenant: TenantDb,
  input: NewRecordedChange,
  { now, newId }: ChangeDeps,
): Promise<Change<RecordedChange>> {
  const { deviceId } = input;
  const change: RecordedChange = {
    id: newId(),
    tenant_id: tenant.tenantId,
    device_id: deviceId ?? null,
    at: checkedInstant("at", input.at ?? now(), now()),
    kind: checkedName("kind", input.kind),
    summary: checkedName("summary", input.summary, CHANGE_SUMMARY_LENGTH_MAX),
    details: checkedMetadata("details", input.details ?? {}),
    created_at: now(),
  };
  if (deviceId && !await findDevice(tenant, deviceId)) throw new NotFoundError("device", deviceId);
  const row = { ...change, details: JSON.stringify(change.details) };
  const insert = statement(build.insertInto("change_log").values(row));
  return { subject: change, write: { statements: [insert] } };
}

function checkedInstant(field: string, at: number, now: number): number {
  if (at <= now + FUTURE_MS_MAX) return at;
  const said = `Cannot take ${field} as it is in the future: current value is ${at}`;
  throw new InvalidInputError(field, said);
}

function changesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("change_log").selectAll().where("tenant_id", "=", tenant.tenantId);
}

function toRecordedChange(row: Selectable<Tables["change_log"]>): RecordedChange {
  return { ...row, details: JSON.parse(row.details) };
}
