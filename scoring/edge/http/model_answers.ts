import { featureNames } from "../../features/mod.ts";
import { Problem, quoted } from "../wire/mod.ts";
import type { ModelCatalog } from "./models.ts";

/** Models that one answer lists; others are found by name. */
const MODELS_LISTED_MAX = 1_000;

const MODEL_ID = /^[0-9a-f]{64}$/;

/** What `GET /v1/models` says. */
export async function listModels(catalog: ModelCatalog): Promise<string> {
  return JSON.stringify({ models: await catalog.list(MODELS_LISTED_MAX) });
}

/** What `GET /v1/models/{id}` says: how to ask the model, and how it was made. */
export async function describeModel(catalog: ModelCatalog, id: string): Promise<string> {
  const served = MODEL_ID.test(id) ? await catalog.find({ id }) : undefined;
  if (served === undefined) {
    throw new Problem("MODEL_UNKNOWN", `Cannot find model ${quoted(id)}`, { field: "id" });
  }
  const { summary, model, setting } = served;
  return JSON.stringify({
    ...summary,
    bucketMs: model.plan.bucketMs,
    metrics: model.plan.metrics,
    features: featureNames(model.plan),
    provenance: model.provenance,
    settingVersion: setting.version,
    sections: model.sections.map(({ period, calibration }) => ({
      period,
      rows: calibration.rows,
      threshold: setting.thresholds[period] ?? calibration.threshold,
      saturation: calibration.saturation,
    })),
  });
}
