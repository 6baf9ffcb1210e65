import type { ModelCatalog, ServedModel } from "../../../scoring/edge/http/models.ts";
import { openWorld, SETTING } from "./world.ts";

const { model, modelId } = await openWorld();

/** The world's model as detector `pumps` has it in production. */
export const SERVED: ServedModel = {
  summary: {
    id: modelId,
    label: "v20260601_120000",
    detectorId: SETTING.detectorId,
    detector: "pumps",
    entityId: SETTING.entityId,
    device: "pump-7",
    alias: "production",
  },
  model,
  setting: SETTING,
};

/** A catalogue of that model and an archived one. */
export const SERVED_MODELS: ModelCatalog = {
  list: () =>
    Promise.resolve([SERVED.summary, { ...SERVED.summary, id: "old", alias: "archived" }]),
  find: (reference) => {
    const isKnown = "id" in reference ? reference.id === modelId : reference.detector === "pumps";
    return Promise.resolve(isKnown ? SERVED : undefined);
  },
};
