import type { Setting } from "../../scoring/detect/mod.ts";
import { type SignedText, type Signer, signSetting } from "../../scoring/bundle/mod.ts";
import {
  type PeriodCalendar,
  type ZoneTransitions,
  zoneTransitions,
} from "../../scoring/time/mod.ts";
import { build, guarded } from "../storage/build.ts";
import type { Detector } from "./detectors.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Statement } from "../storage/write.ts";

const YEAR_MS = 365 * 86_400_000;
/** The zone's changes that a setting carries: what training reads, and what an edge may live to see. */
const ZONE_YEARS_BACK = 2;
const ZONE_YEARS_AHEAD = 10;

/** A stored setting with the signature of its bytes. */
export interface StoredSetting extends SignedText {
  readonly setting: Setting;
}

/** Where and when a device lives: its own zone or the tenant's, and the tenant's calendar. */
export interface LocalTimeRules {
  readonly timeZone: string;
  readonly calendar: PeriodCalendar;
}

/** The newest setting of a detector × entity. */
export async function findSetting(
  tenant: TenantDb,
  detectorId: string,
  entityId: string,
): Promise<StoredSetting | undefined> {
  const row = await tenant.db.selectFrom("settings").select(["body", "signature"])
    .where("tenant_id", "=", tenant.tenantId).where("detector_id", "=", detectorId)
    .where("entity_id", "=", entityId).orderBy("version", "desc").limit(1).executeTakeFirst();
  if (!row) return undefined;
  return {
    setting: JSON.parse(row.body),
    body: row.body,
    signature: new Uint8Array(row.signature),
  };
}

/** Zone and calendar of a tenant's device. */
export async function findLocalTimeRules(
  tenant: TenantDb,
  deviceId: string,
): Promise<LocalTimeRules | undefined> {
  const row = await tenant.db.selectFrom("tenants")
    .leftJoin(
      "devices",
      (join) => join.onRef("devices.tenant_id", "=", "tenants.id").on("devices.id", "=", deviceId),
    )
    .select(["tenants.time_zone", "tenants.calendar", "devices.time_zone as device_zone"])
    .where("tenants.id", "=", tenant.tenantId).executeTakeFirst();
  if (!row) return undefined;
  return { timeZone: row.device_zone ?? row.time_zone, calendar: JSON.parse(row.calendar) };
}

/** What a new setting is made of, besides its detector. */
export interface SettingSource {
  readonly entityId: string;
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  /** The one in force until now. */
  readonly previous: Setting | undefined;
}

/**
 * The setting that follows another one, from what the detector says now. Thresholds that were set by
 * hand stay in force.
 */
export function nextSetting(detector: Detector, source: SettingSource): Setting {
  const { entityId, calendar, zone, previous } = source;
  return {
    version: (previous?.version ?? 0) + 1,
    detectorId: detector.id,
    entityId,
    severityProfile: detector.severity_profile,
    thresholds: previous?.thresholds ?? {},
    calendar,
    zone,
    incidents: detector.incident_policy,
  };
}

/**
 * A zone's changes from before the first instant of a device's data until ten years ahead, in whole
 * years, so that the devices of a fleet share them.
 */
export function zoneFor(timeZone: string, now: number, firstAt = Infinity): ZoneTransitions {
  const from = Math.max(0, Math.min(now - ZONE_YEARS_BACK * YEAR_MS, firstAt));
  const until = now + ZONE_YEARS_AHEAD * YEAR_MS;
  return zoneTransitions(
    timeZone,
    Math.floor(from / YEAR_MS) * YEAR_MS,
    Math.ceil(until / YEAR_MS) * YEAR_MS,
  );
}

/** Signs and stores a setting; the write holds only while nobody has stored this version. */
export async function settingStatement(
  tenantId: string,
  setting: Setting,
  signer: Signer,
  now: number,
): Promise<Statement> {
  const { body, signature } = await signSetting(setting, signer, tenantId);
  const insert = build.insertInto("settings").values({
    tenant_id: tenantId,
    detector_id: setting.detectorId,
    entity_id: setting.entityId,
    version: setting.version,
    body,
    signature,
    created_at: now,
  });
  return guarded(
    insert.onConflict((conflict) =>
      conflict.columns(["tenant_id", "detector_id", "entity_id", "version"]).doNothing()
    ),
  );
}
