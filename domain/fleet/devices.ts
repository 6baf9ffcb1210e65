import type { Selectable } from "kysely";
import { build, guarded, listed } from "../storage/build.ts";
import { type ChangeDeps, checkVersion } from "../change.ts";
import { ConflictError, NotFoundError } from "../errors.ts";
import { eventStatement } from "../storage/event_log.ts";
import {
  checkedMetadata,
  checkedName,
  checkedOptionalName,
  checkedTimeZone,
  type JsonObject,
} from "../input.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import { checkQuota } from "../tenancy/quota.ts";

import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change } from "../storage/write.ts";

type DeviceRow = Selectable<Tables["devices"]>;

/** Something that sends telemetry. */
export type Device = Omit<DeviceRow, "metadata"> & { readonly metadata: JsonObject };

export interface NewDevice {
  /** The tenant's own name, unique in the tenant. */
  readonly externalId: string;
  /** For people; the external id where not given. */
  readonly name?: string | null;
  /** Where it is known from, as "api" (the default), "xsight" or "mobicontrol". */
  readonly source?: string | null;
  readonly cohort?: string | null;
  /** IANA zone; the tenant's where not given. */
  readonly timeZone?: string | null;
  readonly metadata?: JsonObject | null;
}

/** What to change; a field that is left out stays. */
export interface DevicePatch {
  readonly name?: string | null;
  readonly cohort?: string | null;
  readonly timeZone?: string | null;
  readonly metadata?: JsonObject | null;
  /** Refuse when the device has another version by now. */
  readonly expectedVersion?: number | null;
}

export interface DeviceFilter {
  readonly cohort?: string;
}

/** By id. */
export async function findDevice(tenant: TenantDb, id: string): Promise<Device | undefined> {
  const row = await devicesOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toDevice(row);
}

/** By the tenant's own name. */
export async function findDeviceByExternalId(
  tenant: TenantDb,
  externalId: string,
): Promise<Device | undefined> {
  const row = await devicesOf(tenant).where("external_id", "=", externalId.normalize("NFC"))
    .executeTakeFirst();
  return row && toDevice(row);
}

/** By external id; its key is (external_id, id). */
export async function listDevices(
  tenant: TenantDb,
  { cohort, ...page }: PageRequest & DeviceFilter,
): Promise<Page<Device>> {
  let query = devicesOf(tenant);
  if (cohort !== undefined) query = query.where("cohort", "=", cohort);
  const order = { columns: ["external_id", "id"], direction: "asc" } as const;
  return mapPage(await readPage(query, order, page), toDevice);
}

/** In the order of the ids, `undefined` where the tenant has no such device. */
export async function loadDevices(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(Device | undefined)[]> {
  const rows = await devicesOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toDevice));
}

/**
 * A new device.
 *
 * @throws {InvalidInputError} @throws {QuotaExceededError}
 * @throws {ConflictError} When the external id is taken.
 */
export async function createDevice(
  tenant: TenantDb,
  input: NewDevice,
  { now, newId }: ChangeDeps,
): Promise<Change<Device>> {
  const externalId = checkedName("externalId", input.externalId);
  const device: Device = {
    id: newId(),
    tenant_id: tenant.tenantId,
    external_id: externalId,
    name: checkedName("name", input.name ?? externalId),
    source: checkedName("source", input.source ?? "api"),
    cohort: checkedOptionalName("cohort", input.cohort),
    time_zone: input.timeZone ? checkedTimeZone("timeZone", input.timeZone) : null,
    metadata: checkedMetadata("metadata", input.metadata ?? {}),
    created_at: now(),
    version: 1,
  };
  if (await findDeviceByExternalId(tenant, externalId)) {
    throw new ConflictError(`Cannot create device "${externalId}" as it exists`, "externalId");
  }
  await checkQuota(tenant, "devices");
  const row = { ...device, metadata: JSON.stringify(device.metadata) };
  const insert = build.insertInto("devices").values(row)
    .onConflict((conflict) => conflict.columns(["tenant_id", "external_id"]).doNothing());
  const event = eventOf("device.created", device, now());
  return { subject: device, write: { statements: [guarded(insert), event] } };
}

/**
 * The device with what the patch names changed.
 *
 * @throws {NotFoundError} @throws {InvalidInputError}
 * @throws {ConflictError} When it has another version than expected.
 */
export async function updateDevice(
  tenant: TenantDb,
  id: string,
  patch: DevicePatch,
  { now }: Pick<ChangeDeps, "now">,
): Promise<Change<Device>> {
  const device = await findDevice(tenant, id);
  if (!device) throw new NotFoundError("device", id);
  checkVersion(device, patch.expectedVersion);
  const next: Device = { ...patched(device, patch), version: device.version + 1 };
  const update = build.updateTable("devices")
    .set({
      name: next.name,
      cohort: next.cohort,
      time_zone: next.time_zone,
      metadata: JSON.stringify(next.metadata),
      version: next.version,
    })
    .where("tenant_id", "=", tenant.tenantId).where("id", "=", id)
    .where("version", "=", device.version);
  const event = eventOf("device.updated", next, now());
  return { subject: next, write: { statements: [guarded(update), event] } };
}

function patched(device: Device, patch: DevicePatch): Device {
  const { cohort, timeZone } = patch;
  const zoned = timeZone ? checkedTimeZone("timeZone", timeZone) : null;
  return {
    ...device,
    name: checkedName("name", patch.name ?? device.name),
    cohort: cohort === undefined ? device.cohort : checkedOptionalName("cohort", cohort),
    time_zone: timeZone === undefined ? device.time_zone : zoned,
    metadata: checkedMetadata("metadata", patch.metadata ?? device.metadata),
  };
}

function devicesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("devices").selectAll().where("tenant_id", "=", tenant.tenantId);
}

function toDevice(row: DeviceRow): Device {
  return { ...row, metadata: JSON.parse(row.metadata) };
}

function eventOf(type: "device.created" | "device.updated", device: Device, at: number) {
  const { tenant_id: tenantId, id: subjectId } = device;
  return eventStatement({ tenantId, type, subjectId, payload: device, at });
}
