import {
  findAliasedModel,
  findDetector,
  findDetectorByName,
  findDeviceByExternalId,
  findModel,
  findSetting,
  listModels,
  loadDetectors,
  loadDevices,
  loadModelAliases,
  type ModelAlias,
  type ModelRow,
  type TenantDb,
} from "../../domain/mod.ts";
import type { Model } from "../../scoring/detect/mod.ts";
import {
  type Awaitable,
  LruMap,
  type ModelCatalog,
  type ModelReference,
  type ModelSummary,
  type ServedModel,
} from "../../scoring/edge/mod.ts";

/** Models of one detector that are looked through when no device is named. */
const MODELS_OF_DETECTOR_MAX = 1_000;

const ALIASES: readonly string[] = ["production", "shadow", "canary", "archived"];

/** References whose model is remembered: more than a tenant has devices with models of their own. */
const REFERENCES_REMEMBERED_MAX = 10_000;

/**
 * A tenant's stored models, for stateless scoring. What a reference means is remembered until the
 * tenant's configuration changes.
 *
 * @param openModel Verifies and decodes a bundle; it should cache.
 * @param revision Changes with the tenant's devices, detectors, models and settings.
 */
export function createModelCatalog(
  tenant: TenantDb,
  openModel: (modelId: string) => Awaitable<Model>,
  revision: () => number,
): ModelCatalog {
  let known = new LruMap<string, Found>(REFERENCES_REMEMBERED_MAX);
  let knownOf = revision();
  return {
    list: async (first) => summaries(tenant, (await listModels(tenant, { first })).items),
    find: async (reference) => {
      const current = revision();
      if (current !== knownOf) {
        known = new LruMap(REFERENCES_REMEMBERED_MAX);
        knownOf = current;
      }
      const key = JSON.stringify(reference);
      const remembered = known.get(key);
      const found = remembered ?? await findServed(tenant, reference);
      // Only what is still true once it is found, and what there is: names that are none are endless.
      if (remembered === undefined && found && revision() === current) known.set(key, found);
      return found && { ...found, model: await openModel(found.summary.id) };
    },
  };
}

type Found = Omit<ServedModel, "model">;

async function findServed(
  tenant: TenantDb,
  reference: ModelReference,
): Promise<Found | undefined> {
  const row = await findRow(tenant, reference);
  if (!row) return undefined;
  const stored = await findSetting(tenant, row.detector_id, row.entity_id);
  if (!stored) return undefined;
  const [summary] = await summaries(tenant, [row]);
  return { summary, setting: stored.setting };
}

async function findRow(
  tenant: TenantDb,
  reference: ModelReference,
): Promise<ModelRow | undefined> {
  if ("id" in reference) return await findModel(tenant, reference.id);
  const { detector: name, alias, device } = reference;
  const detector = await findDetectorByName(tenant, name) ?? await findDetector(tenant, name);
  if (!detector || !isAlias(alias)) return undefined;
  if (device === undefined) return await onlyAliased(tenant, detector.id, alias);
  const entity = await findDeviceByExternalId(tenant, device);
  return entity && await findAliasedModel(tenant, detector.id, entity.id, alias);
}

function isAlias(text: string): text is ModelAlias {
  return ALIASES.includes(text);
}

/** The detector's model of this alias, when it has exactly one. */
async function onlyAliased(
  tenant: TenantDb,
  detectorId: string,
  alias: ModelAlias,
): Promise<ModelRow | undefined> {
  const { items } = await listModels(tenant, { first: MODELS_OF_DETECTOR_MAX, detectorId });
  const aliases = await loadModelAliases(tenant, items.map(({ id }) => id));
  const aliased = items.filter((_, index) => aliases[index].includes(alias));
  return aliased.length === 1 ? aliased[0] : undefined;
}

async function summaries(tenant: TenantDb, rows: readonly ModelRow[]): Promise<ModelSummary[]> {
  const aliases = await loadModelAliases(tenant, rows.map(({ id }) => id));
  const detectors = await loadDetectors(tenant, rows.map(({ detector_id }) => detector_id));
  const devices = await loadDevices(tenant, rows.map(({ entity_id }) => entity_id));
  return rows.map((row, index) => ({
    id: row.id,
    label: row.label,
    detectorId: row.detector_id,
    detector: detectors[index]?.name ?? row.detector_id,
    entityId: row.entity_id,
    device: devices[index]?.external_id ?? null,
    alias: aliases[index][0] ?? null,
  }));
}
