import type { Model } from "../../detect/mod.ts";
import type { ModelCatalog, ModelReference, ModelSummary } from "../http/mod.ts";
import type { AssignmentStore } from "./assignments.ts";
import type { KeptAssignment, KeptDevice } from "./store/mod.ts";

interface KeptModel {
  readonly device: KeptDevice;
  readonly assignment: KeptAssignment;
}

/** The models that are assigned to a stand-alone edge, for stateless scoring. */
export function createKeptModels(
  store: Pick<AssignmentStore, "listDevices">,
  openModel: (modelId: string) => Promise<Model>,
): ModelCatalog {
  const list = () => store.listDevices().flatMap(modelsOf);
  return {
    list: (first) => Promise.resolve(list().slice(0, first).map(summaryOf)),
    async find(reference) {
      const found = list().filter((kept) => isMeant(kept, reference));
      const isOne = "id" in reference ? found.length > 0 : found.length === 1;
      if (!isOne) return undefined;
      const [kept] = found;
      const { modelId, setting } = kept.assignment;
      return { summary: summaryOf(kept), model: await openModel(modelId), setting };
    },
  };
}

function modelsOf(device: KeptDevice): KeptModel[] {
  return device.assignments.map((assignment) => ({ device, assignment }));
}

function isMeant({ device, assignment }: KeptModel, reference: ModelReference): boolean {
  if ("id" in reference) return assignment.modelId === reference.id;
  const { detector, alias } = reference;
  return alias === "production" &&
    [assignment.detector, assignment.detectorId].includes(detector) &&
    (reference.device === undefined || reference.device === device.name);
}

function summaryOf({ device, assignment }: KeptModel): ModelSummary {
  const { modelId, label, detectorId, detector, setting } = assignment;
  return {
    id: modelId,
    label,
    detectorId,
    detector,
    entityId: setting.entityId,
    device: device.name,
    alias: "production",
  };
}
