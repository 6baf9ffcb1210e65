import { decodeBundle } from "../../scoring/bundle/mod.ts";
import {
  isForestAlgorithm,
  isForestSection,
  type Model,
  nearestNormalRow,
  type NormalRow,
  sectionFor,
} from "../../scoring/detect/mod.ts";
import { featureNames, type FeaturePlan } from "../../scoring/features/mod.ts";
import { scoreRow } from "../../scoring/forest/mod.ts";
import { type AnomalyRow, loadAnomalies } from "../anomalies.ts";
import { findBundle, loadModels } from "../detection/models.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";

export interface NormalRowsParams {
  readonly tenantId: string;
  readonly anomalyIds: readonly string[];
}

/**
 * The nearest row to each anomaly's that its model takes for normal, in the order of the ids: up to a
 * tenth of a second of work each. Null for an id that the tenant does not have, for models that are no
 * forests or are gone, where no change of two features is enough, and where the row is not known.
 */
export async function findNormalRows(
  { db }: HeavyReadContext,
  { tenantId, anomalyIds }: NormalRowsParams,
): Promise<(NormalRow | null)[]> {
  const tenant: TenantDb = { db, tenantId };
  const anomalies = await loadAnomalies(tenant, anomalyIds);
  const models = await openForests(tenant, anomalies.flatMap((row) => row ? [row.model_id] : []));
  return anomalies.map((anomaly) => {
    const model = anomaly && models.get(anomaly.model_id);
    return model ? normalRowOf(anomaly, model) : null;
  });
}

/** Those of the models that are forests. */
async function openForests(
  tenant: TenantDb,
  modelIds: readonly string[],
): Promise<Map<string, Model>> {
  const models = new Map<string, Model>();
  for (const row of await loadModels(tenant, [...new Set(modelIds)])) {
    if (!row || !isForestAlgorithm(row.summary.provenance.algorithm)) continue;
    const bundle = await findBundle(tenant, row.id);
    // The gateway's own bytes: their hash is checked, and whose they are says the tenant's row.
    if (bundle) models.set(row.id, decodeBundle(bundle));
  }
  return models;
}

function normalRowOf(anomaly: AnomalyRow, model: Model): NormalRow | null {
  const section = sectionFor(model, anomaly.model_period);
  const values = rowOf(model.plan, anomaly);
  if (!isForestSection(section) || !values) return null;
  // Another score would mean another row than the one that was judged.
  if (scoreRow(section.forest, values) !== anomaly.score) return null;
  return nearestNormalRow(model.plan, section, values, anomaly.threshold) ?? null;
}

/** The row that was judged: contributions have the value of every feature. */
function rowOf(plan: FeaturePlan, { contributions }: AnomalyRow): Float32Array | undefined {
  const values = new Map(contributions.map(({ feature, value }) => [feature, value]));
  const row = featureNames(plan).map((name) => values.get(name));
  return row.every((value) => value !== undefined) ? Float32Array.from(row) : undefined;
}
