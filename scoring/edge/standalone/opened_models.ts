import { loadedPeriods } from "../../bundle/mod.ts";
import type { Model } from "../../detect/mod.ts";
import type { ModelCatalog, ModelStatus } from "../http/mod.ts";

/** Models that a status lists. */
const MODELS_TOLD_MAX = 1_000;

/** The models in use, for a status; it keeps none of them in memory. */
export class OpenedModels {
  /** By id; models never change. */
  readonly #opened = new Map<string, WeakRef<Model>>();

  /** Takes note of a model that was opened. */
  add(id: string, model: Model): void {
    for (const [known, before] of this.#opened) if (!before.deref()) this.#opened.delete(known);
    this.#opened.set(id, new WeakRef(model));
  }

  /** The assigned models with what of them is in memory. */
  async statusOf(models: ModelCatalog): Promise<ModelStatus[]> {
    const summaries = await models.list(MODELS_TOLD_MAX);
    return summaries.map(({ id, label, detector, device }) => (
      { id, label, detector, device, periodsLoaded: this.#periodsLoaded(id) }
    ));
  }

  #periodsLoaded(id: string): readonly string[] {
    const model = this.#opened.get(id)?.deref();
    return model === undefined ? [] : loadedPeriods(model);
  }
}
