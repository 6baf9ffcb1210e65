import { findAnomaly, type TenantDb } from "../../domain/mod.ts";
import { excessOf, type Model, sectionFor } from "../../scoring/detect/mod.ts";
import type { Awaitable, StoredAnomaly } from "../../scoring/edge/mod.ts";

/** A tenant's anomaly with the severity that its model gives it; `undefined` for an unknown id. */
export async function findStoredAnomaly(
  tenant: TenantDb,
  id: string,
  openModel: (modelId: string) => Awaitable<Model>,
): Promise<StoredAnomaly | undefined> {
  const row = await findAnomaly(tenant, id);
  if (!row) return undefined;
  const { score, threshold, contributions, model_id, model_period } = row;
  const { calibration } = sectionFor(await openModel(model_id), model_period);
  return {
    score,
    threshold,
    contributions,
    severity: excessOf(score, threshold, calibration.saturation),
  };
}
