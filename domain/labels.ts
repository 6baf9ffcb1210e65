import type { Selectable } from "kysely";
import type { TimeRange } from "../scoring/detect/mod.ts";
import type { ChangeDeps } from "./change.ts";
import { findDevice } from "./fleet/devices.ts";
import { InvalidInputError, NotFoundError } from "./errors.ts";
import { checkedName } from "./input.ts";
import { checkQuota } from "./tenancy/quota.ts";
import { build, guarded, listed, statement } from "./storage/build.ts";
import { inOrder, type Page, type PageRequest, readPage } from "./storage/page.ts";
import type { Tables } from "./storage/tables.ts";
import type { TenantDb } from "./storage/tenant_db.ts";
import type { Change } from "./storage/write.ts";

/** Characters of a note: a sentence or two. */
export const LABEL_NOTE_LENGTH_MAX = 1_000;
/** Half a year in one label teaches nothing. */
const LABEL_SPAN_MS_MAX = 180 * 86_400_000;

/** A time of a device that a person knows to be anomalous, or normal whatever a detector said. */
export type Label = Selectable<Tables["labels"]>;

export interface NewLabel {
  readonly deviceId: string;
  /** First instant, ms. */
  readonly from: number;
  /** Instant before which it ends, ms. */
  readonly until: number;
  /** True where not given. */
  readonly isAnomaly?: boolean | null;
  readonly note?: string | null;
}

/** Newest first; its key is (from_at, id). */
export async function listLabels(
  tenant: TenantDb,
  { deviceId, ...page }: PageRequest & { readonly deviceId?: string | null },
): Promise<Page<Label>> {
  let query = labelsOf(tenant);
  if (deviceId) query = query.where("device_id", "=", deviceId);
  return await readPage(query, { columns: ["from_at", "id"], direction: "desc" }, page);
}

/** In the order of the ids, `undefined` where the tenant has no such label. */
export async function loadLabels(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(Label | undefined)[]> {
  return inOrder(ids, await labelsOf(tenant).where("id", "in", listed(ids)).execute());
}

/** What people know of a device's times, for a fit. */
export async function labelledTimes(
  tenant: TenantDb,
  deviceId: string,
): Promise<{ anomalous: TimeRange[]; normal: TimeRange[] }> {
  const labels = await labelsOf(tenant).where("device_id", "=", deviceId).orderBy("from_at")
    .execute();
  const { anomalous = [], normal = [] } = Object.groupBy(
    labels,
    ({ is_anomaly }) => is_anomaly === 1 ? "anomalous" : "normal",
  );
  return { anomalous: anomalous.map(rangeOf), normal: normal.map(rangeOf) };
}

/**
 * A new label.
 *
 * @throws {InvalidInputError} @throws {QuotaExceededError}
 * @throws {NotFoundError} When the tenant has no such device.
 */
export async function createLabel(
  tenant: TenantDb,
  input: NewLabel,
  { now, newId, by }: ChangeDeps & { readonly by: string },
): Promise<Change<Label>> {
  const { deviceId, from, until } = input;
  if (!(from < until && until - from <= LABEL_SPAN_MS_MAX)) {
    const said = "Cannot take to as it must be after from, by at most 180 days";
    throw new InvalidInputError("to", said, LABEL_SPAN_MS_MAX);
  }
  const label: Label = {
    id: newId(),
    tenant_id: tenant.tenantId,
    device_id: deviceId,
    from_at: from,
    until_at: until,
    is_anomaly: input.isAnomaly === false ? 0 : 1,
    note: input.note ? checkedName("note", input.note, LABEL_NOTE_LENGTH_MAX) : "",
    created_by: by,
    created_at: now(),
  };
  if (!await findDevice(tenant, deviceId)) throw new NotFoundError("device", deviceId);
  await checkQuota(tenant, "labels");
  return {
    subject: label,
    write: { statements: [statement(build.insertInto("labels").values(label))] },
  };
}

/** @throws {NotFoundError} When the tenant has no such label. */
export async function deleteLabel(tenant: TenantDb, id: string): Promise<Change<Label>> {
  const label = await labelsOf(tenant).where("id", "=", id).executeTakeFirst();
  if (!label) throw new NotFoundError("label", id);
  const remove = build.deleteFrom("labels").where("tenant_id", "=", tenant.tenantId)
    .where("id", "=", id);
  return { subject: label, write: { statements: [guarded(remove)] } };
}

function labelsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("labels").selectAll().where("tenant_id", "=", tenant.tenantId);
}

function rangeOf({ from_at, until_at }: Label): TimeRange {
  return { from: from_at, until: until_at };
}
