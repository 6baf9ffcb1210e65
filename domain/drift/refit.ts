import { listed } from "../storage/build.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** What a fit by the clock or after a drift reads, ms: a month, so that what was before is forgotten. */
export const REFIT_SPAN_MS = 30 * 86_400_000;

/**
 * Where the newest month of these devices' data begins, ms, or of all the tenant's where none are
 * given; `undefined` where there is no data.
 */
export async function refitSpanStart(
  tenant: TenantDb,
  deviceIds?: readonly string[],
): Promise<number | undefined> {
  let query = tenant.db.selectFrom("progress")
    .select((eb) => eb.fn.max<number | null>("watermark").as("newest"))
    .where("tenant_id", "=", tenant.tenantId);
  if (deviceIds) query = query.where("device_id", "in", listed(deviceIds));
  const row = await query.executeTakeFirst();
  return typeof row?.newest === "number" ? row.newest - REFIT_SPAN_MS : undefined;
}
