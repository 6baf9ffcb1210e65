import type { Kysely, Selectable } from "kysely";
import { type PeriodCalendar, SMARTBOX_CALENDAR } from "../../scoring/time/mod.ts";
import { build, guarded } from "../storage/build.ts";
import type { ChangeDeps } from "../change.ts";
import { ConflictError } from "../errors.ts";
import {
  checkedChoice,
  checkedInteger,
  checkedMetadata,
  checkedName,
  checkedTimeZone,
  type JsonObject,
} from "../input.ts";
import { mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import type { Tables } from "../storage/tables.ts";
import type { Change } from "../storage/write.ts";

/** Points may come this much after the newest one of their device and still be scored. */
export const LATENESS_DEFAULT_MS = 60_000;

/** A week: what is later is history, and is imported as such. */
export const LATENESS_MAX_MS = 7 * 86_400_000;

type TenantRow = Selectable<Tables["tenants"]>;

/** A customer: all that is kept belongs to one. */
export type Tenant = Omit<TenantRow, "calendar" | "metadata"> & {
  readonly calendar: PeriodCalendar;
  readonly metadata: JsonObject;
};

export interface NewTenant {
  /** Unique in the installation. */
  readonly name: string;
  readonly tier?: string;
  /** IANA zone, "UTC" where not given. */
  readonly timeZone?: string;
  readonly calendar?: PeriodCalendar;
  /** Whether an injected clock closes the buckets of silent devices ("live", the default). */
  readonly clockMode?: "live" | "replay";
  readonly latenessMs?: number;
  readonly metadata?: JsonObject;
}

/** What reads of all tenants go through; only the operator's tasks and the gateway itself have it. */
export interface Readable {
  readonly reader: Kysely<Tables>;
}

/**
 * A new tenant.
 *
 * @throws {InvalidInputError} @throws {ConflictError} When the name is taken.
 */
export async function createTenant(
  db: Readable,
  input: NewTenant,
  { now, newId }: ChangeDeps,
): Promise<Change<Tenant>> {
  const name = checkedName("name", input.name);
  const tenant: Tenant = {
    id: newId(),
    name,
    tier: checkedName("tier", input.tier ?? "standard"),
    time_zone: checkedTimeZone("timeZone", input.timeZone ?? "UTC"),
    calendar: input.calendar ?? SMARTBOX_CALENDAR,
    clock_mode: checkedChoice("clockMode", input.clockMode ?? "live", ["live", "replay"]),
    lateness_ms: checkedInteger(
      "latenessMs",
      input.latenessMs ?? LATENESS_DEFAULT_MS,
      0,
      LATENESS_MAX_MS,
    ),
    metadata: checkedMetadata("metadata", input.metadata ?? {}),
    created_at: now(),
    version: 1,
  };
  if (await findTenantByName(db, name)) {
    throw new ConflictError(`Cannot create tenant "${name}" as it exists`, "name");
  }
  const row = {
    ...tenant,
    calendar: JSON.stringify(tenant.calendar),
    metadata: JSON.stringify(tenant.metadata),
  };
  const insert = build.insertInto("tenants").values(row)
    .onConflict((conflict) => conflict.column("name").doNothing());
  return { subject: tenant, write: { statements: [guarded(insert)] } };
}

/** By id. */
export async function findTenant(db: Readable, id: string): Promise<Tenant | undefined> {
  const row = await tenants(db).where("id", "=", id).executeTakeFirst();
  return row && toTenant(row);
}

/** By name. */
export async function findTenantByName(db: Readable, name: string): Promise<Tenant | undefined> {
  const row = await tenants(db).where("name", "=", name.normalize("NFC")).executeTakeFirst();
  return row && toTenant(row);
}

/** By name; its key is (name, id). */
export async function listTenants(db: Readable, page: PageRequest): Promise<Page<Tenant>> {
  const order = { columns: ["name", "id"], direction: "asc" } as const;
  return mapPage(await readPage(tenants(db), order, page), toTenant);
}

function tenants(db: Readable) {
  return db.reader.selectFrom("tenants").selectAll();
}

function toTenant(row: TenantRow): Tenant {
  return { ...row, calendar: JSON.parse(row.calendar), metadata: JSON.parse(row.metadata) };
}
