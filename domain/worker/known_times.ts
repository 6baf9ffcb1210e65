import type { TimeRange } from "../../scoring/detect/mod.ts";
import { listConfirmedTimes } from "../incidents.ts";
import { labelledTimes } from "../labels.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/**
 * An incident is kept out of training for this long from its start, ms. What lasts longer is how the
 * device is now: without a limit a change for good would never become normal.
 */
const INCIDENT_EXCLUDED_MS_MAX = 3 * 86_400_000;

/** What a fit must know of a device's times besides its points. */
export interface KnownTimes {
  /** Known to be anomalous by people. */
  readonly labels: readonly TimeRange[];
  /** Not to be learnt as normal. */
  readonly excluded: readonly TimeRange[];
}

/** Confirmed incidents are not learnt as normal, but where people say that the time was normal. */
export async function knownTimes(
  tenant: TenantDb,
  detectorId: string,
  deviceId: string,
): Promise<KnownTimes> {
  const { anomalous, normal } = await labelledTimes(tenant, deviceId);
  const incidents = await listConfirmedTimes(tenant, detectorId, deviceId);
  const excluded = incidents
    .map(({ from, until }) => ({ from, until: Math.min(until, from + INCIDENT_EXCLUDED_MS_MAX) }))
    .filter((incident) => !normal.some((range) => isOverlapping(range, incident)));
  return { labels: anomalous, excluded };
}

function isOverlapping(left: TimeRange, right: TimeRange): boolean {
  return left.from < right.until && right.from < left.until;
}
