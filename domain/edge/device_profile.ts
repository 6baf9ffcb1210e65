import type { Setting } from "../../scoring/detect/mod.ts";
import type { Assignment, DeviceProfile, Vocabulary } from "../../scoring/edge/store.ts";
import { type DetectorScope, isInScope } from "../detection/detectors.ts";
import { listUnfinishedIncidents, toIncident } from "../incidents.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** A device as an edge needs it, with what its store remembers beside. */
export interface StoredProfile {
  readonly profile: DeviceProfile;
  /** Version of the stored progress; 0 for none. */
  readonly progressVersion: number;
  /** Names of the detectors that judge it, by id. */
  readonly detectorNames: ReadonlyMap<string, string>;
}

interface DeviceState {
  readonly id: string;
  readonly external_id: string;
  readonly cohort: string | null;
  readonly lateness_ms: number;
  readonly watermark: number | null;
  readonly version: number | null;
}

/**
 * The device of this very name: another spelling of the same characters is another name here, as a
 * device under two names would be folded twice.
 *
 * @param metrics All of the tenant's.
 */
export async function findStoredProfile(
  tenant: TenantDb,
  name: string,
  metrics: Vocabulary,
): Promise<StoredProfile | undefined> {
  const device = await findState(tenant, name);
  if (!device) return undefined;
  const assigned = await listAssigned(tenant, device);
  const incidents = await listUnfinishedIncidents(tenant, device.id);
  const profile: DeviceProfile = {
    deviceId: device.id,
    name: device.external_id,
    latenessMs: device.lateness_ms,
    watermark: device.watermark,
    metrics,
    assignments: assigned.map(({ assignment }) => assignment),
    incidents: incidents.map(toIncident),
  };
  return {
    profile,
    progressVersion: device.version ?? 0,
    detectorNames: new Map(assigned.map(({ assignment, name }) => [assignment.detectorId, name])),
  };
}

function findState(tenant: TenantDb, name: string): Promise<DeviceState | undefined> {
  return tenant.db.selectFrom("devices")
    .innerJoin("tenants", "tenants.id", "devices.tenant_id")
    .leftJoin("progress", "progress.device_id", "devices.id")
    .select([
      "devices.id",
      "devices.external_id",
      "devices.cohort",
      "tenants.lateness_ms",
      "progress.watermark",
      "progress.version",
    ])
    .where("devices.tenant_id", "=", tenant.tenantId).where("devices.external_id", "=", name)
    .executeTakeFirst();
}

interface Assigned {
  readonly name: string;
  readonly assignment: Assignment;
}

async function listAssigned(tenant: TenantDb, device: DeviceState): Promise<Assigned[]> {
  const entities = entitiesOf(tenant, device);
  const rows = closestOf(await listProductionRows(tenant, entities), entities, device);
  return rows.map(({ name, detector_id: detectorId, model_id: modelId, body }) => {
    const setting: Setting = JSON.parse(body);
    return { name, assignment: { detectorId, modelId, setting } };
  });
}

/** What a device is judged as, the closest first: itself, its cohort, its tenant. */
export function entitiesOf(
  { tenantId }: TenantDb,
  { id, cohort }: Pick<DeviceState, "id" | "cohort">,
): string[] {
  return cohort === null ? [id, tenantId] : [id, cohort, tenantId];
}

/** What judges the device: of each detector that watches it the model of the closest entity. */
export function closestOf(
  rows: readonly ProductionRow[],
  entities: readonly string[],
  device: Pick<DeviceState, "id" | "cohort">,
): ProductionRow[] {
  const watching = rows.filter(({ scope, entity_id }) =>
    entities.includes(entity_id) && isInScope(JSON.parse(scope) as DetectorScope, device)
  );
  const byDetector = Map.groupBy(watching, ({ detector_id }) => detector_id);
  return [...byDetector.values()].map((own) =>
    own.reduce((best, row) =>
      entities.indexOf(row.entity_id) < entities.indexOf(best.entity_id) ? row : best
    )
  );
}

/** A model in production, with the newest setting of its entity. */
export type ProductionRow = Awaited<ReturnType<typeof listProductionRows>>[number];

/** Models of enabled detectors in production for any of these entities; of all where none are given. */
export function listProductionRows(tenant: TenantDb, entities?: readonly string[]) {
  return tenant.db.selectFrom("model_aliases as alias")
    .innerJoin("detectors as detector", "detector.id", "alias.detector_id")
    .innerJoin("models as model", (join) =>
      join.onRef("model.tenant_id", "=", "alias.tenant_id")
        .onRef("model.id", "=", "alias.model_id"))
    .innerJoin(
      "settings as setting",
      (join) =>
        join.onRef("setting.tenant_id", "=", "alias.tenant_id")
          .onRef("setting.detector_id", "=", "alias.detector_id")
          .onRef("setting.entity_id", "=", "alias.entity_id"),
    )
    .select([
      "alias.detector_id",
      "alias.entity_id",
      "alias.model_id",
      "detector.name",
      "detector.scope",
      "model.label",
      "setting.body",
      "setting.signature",
    ])
    .where("alias.tenant_id", "=", tenant.tenantId).where("alias.alias", "=", "production")
    .where("detector.enabled", "=", 1)
    .$if(entities !== undefined, (query) => query.where("alias.entity_id", "in", entities!))
    .where((eb) =>
      eb(
        "setting.version",
        "=",
        (newest) =>
          newest.selectFrom("settings as other").select((other) => other.fn.max("version").as("v"))
            .whereRef("other.tenant_id", "=", "alias.tenant_id")
            .whereRef("other.detector_id", "=", "alias.detector_id")
            .whereRef("other.entity_id", "=", "alias.entity_id"),
      )
    )
    .orderBy("alias.detector_id").execute();
}
