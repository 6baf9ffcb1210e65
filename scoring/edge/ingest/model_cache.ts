import type { Awaitable } from "../async/awaitable.ts";
import type { Model } from "../../detect/mod.ts";
import { LruMap } from "./lru_map.ts";

/** Decoded models kept: a forest of 100 trees takes about 200 KB. */
const MODELS_IN_MEMORY_MAX = 1_000;

/**
 * Opens each model once: models never change, so an opened one stays true. Those who ask at the same
 * moment share one opening; one that failed is tried again by the next.
 */
export function createModelCache(
  open: (modelId: string) => Promise<Model>,
  modelsMax: number = MODELS_IN_MEMORY_MAX,
): (modelId: string) => Awaitable<Model> {
  const models = new LruMap<string, Awaitable<Model>>(modelsMax);
  return (modelId) => {
    const known = models.get(modelId);
    if (known !== undefined) return known;
    const opening = open(modelId).then((model) => {
      // Unless it was forgotten meanwhile.
      if (models.get(modelId) === opening) models.set(modelId, model);
      return model;
    }, (error) => {
      models.delete(modelId);
      throw error;
    });
    models.set(modelId, opening);
    return opening;
  };
}
