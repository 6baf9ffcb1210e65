import { listed } from "../storage/build.ts";
import { rawQuery } from "../storage/raw_query.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Statement } from "../storage/write.ts";

/** A device's step from one watermark to the next. */
export interface ProgressStep {
  readonly deviceId: string;
  /** Version of the stored progress that the step was folded from; 0 for a device without any. */
  readonly from: number;
  /** Buckets that end at or before it are closed, ms. */
  readonly watermark: number;
}

/** Versions of the stored progress of these devices; a device without any is not in it. */
export async function progressVersions(
  tenant: TenantDb,
  deviceIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tenant.db.selectFrom("progress").select(["device_id", "version"])
    .where("tenant_id", "=", tenant.tenantId).where("device_id", "in", listed(deviceIds))
    .execute();
  return new Map(rows.map(({ device_id, version }) => [device_id, version]));
}

/** Takes all steps, or aborts the write when any device has not the version that it was folded from. */
export function progressStatements(
  tenantId: string,
  steps: readonly ProgressStep[],
  at: number,
): Statement[] {
  const first = steps.filter(({ from }) => from === 0);
  const statements = first.length > 0 ? [begun(tenantId, first, at)] : [];
  return [...statements, stepped(tenantId, steps, at)];
}

/**
 * Moves devices that somebody else folds on to that one's watermarks; whoever holds one of them in
 * memory here finds it changed.
 */
export function followedProgress(
  tenantId: string,
  steps: readonly Omit<ProgressStep, "from">[],
  at: number,
): Statement {
  const query = rawQuery(
    `insert into progress (device_id, tenant_id, watermark, updated_at, version)
      select value ->> 0, ?, value ->> 1, ?, 1 from json_each(?) where true
      on conflict (device_id) do update set watermark = max(watermark, excluded.watermark),
        updated_at = excluded.updated_at, version = version + 1`,
    [tenantId, at, JSON.stringify(steps.map(({ deviceId, watermark }) => [deviceId, watermark]))],
  );
  return { query, rows: steps.length };
}

/** Rows of version 0, which the step then finds as it finds any other. */
function begun(tenantId: string, steps: readonly ProgressStep[], at: number): Statement {
  const query = rawQuery(
    `insert into progress (device_id, tenant_id, watermark, updated_at, version)
      select value ->> 0, ?, value ->> 1, ?, 0 from json_each(?) where true
      on conflict (device_id) do nothing`,
    [tenantId, at, json(steps)],
  );
  return { query, rows: steps.length };
}

function stepped(tenantId: string, steps: readonly ProgressStep[], at: number): Statement {
  const query = rawQuery(
    `update progress set watermark = step.value ->> 1, updated_at = ?, version = version + 1
      from json_each(?) as step
      where progress.device_id = step.value ->> 0 and progress.version = step.value ->> 2
        and progress.tenant_id = ?`,
    [at, json(steps), tenantId],
  );
  return { query, rows: steps.length, mustChange: steps.length };
}

function json(steps: readonly ProgressStep[]): string {
  return JSON.stringify(steps.map(({ deviceId, watermark, from }) => [deviceId, watermark, from]));
}
