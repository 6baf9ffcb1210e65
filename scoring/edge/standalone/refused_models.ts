import type { EdgeLog } from "./edge_log.ts";
import type { RefusedModel } from "./protocol.ts";

/** Models that were assigned and not taken; the log tells each once while it stays refused. */
export class RefusedModels {
  readonly #log: EdgeLog;
  #refused: readonly RefusedModel[] = [];

  constructor(log: EdgeLog) {
    this.#log = log;
  }

  /** Those of the newest assignments. */
  get list(): readonly RefusedModel[] {
    return this.#refused;
  }

  /** Takes over what of new assignments was refused. */
  replace(refused: readonly RefusedModel[]): void {
    const known = new Set(this.#refused.map(({ modelId, code }) => `${modelId} ${code}`));
    for (const { modelId, detectorId, code } of refused) {
      if (known.has(`${modelId} ${code}`)) continue;
      const message = "Model is refused, the one before it goes on";
      this.#log("error", message, { modelId, detectorId, code });
    }
    this.#refused = refused;
  }
}
