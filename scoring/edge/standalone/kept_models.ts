import type { Awaitable } from "../async/awaitable.ts";
import type { Model } from "../../detect/mod.ts";
import type {
  EdgeMetrics,
  ModelCatalog,
  ModelReference,
  ModelSummary,
  ServedModel,
} from "../http/mod.ts";
import type { AssignmentStore } from "./assignments.ts";
import type { KeptAssignment, KeptDevice } from "./store/mod.ts";

/** The models that are assigned to a stand-alone edge, for stateless scoring. */
export function createKeptModels(
  store: Pick<AssignmentStore, "listDevices">,
  openModel: (modelId: string) => Awaitable<Model>,
): ModelCatalog {
  let index = indexOf([]);
  const current = () => {
    const devices = store.listDevices();
    if (devices !== index.devices) index = indexOf(devices);
    return index;
  };
  return {
    list: (first) =>
      Promise.resolve(current().models.slice(0, first).map(({ summary }) => summary)),
    find(reference) {
      const kept = findKept(current(), reference);
      if (kept === undefined) return undefined;
      const opened = openModel(kept.summary.id);
      if (!(opened instanceof Promise)) return { ...kept, model: opened };
      return opened.then((model) => ({ ...kept, model }));
    },
  };
}

/** Tells in `/metrics` how many models are at work. */
export function addModelsGauge(
  metrics: EdgeMetrics,
  store: Pick<AssignmentStore, "listDevices">,
): void {
  metrics.gauge("treeline_models", "Models at work, each once for every device", () => {
    const counts = store.listDevices().map(({ assignments }) => assignments.length);
    return counts.reduce((sum, count) => sum + count, 0);
  });
}

/** What is told of an assigned model. */
type KeptModel = Omit<ServedModel, "model">;

/** Models by how callers name them, of one list of devices. */
interface KeptModelIndex {
  readonly devices: readonly KeptDevice[];
  readonly models: readonly KeptModel[];
  readonly byId: ReadonlyMap<string, KeptModel>;
  /** By name and by id of the detector. */
  readonly byDetector: ReadonlyMap<string, readonly KeptModel[]>;
}

function indexOf(devices: readonly KeptDevice[]): KeptModelIndex {
  const models = devices.flatMap(modelsOf);
  const byId = new Map<string, KeptModel>();
  const byDetector = new Map<string, KeptModel[]>();
  for (const kept of models) {
    const { id, detector, detectorId } = kept.summary;
    if (!byId.has(id)) byId.set(id, kept);
    for (const name of new Set([detector, detectorId])) {
      const named = byDetector.get(name);
      if (named === undefined) byDetector.set(name, [kept]);
      else named.push(kept);
    }
  }
  return { devices, models, byId, byDetector };
}

function findKept(
  { byId, byDetector }: KeptModelIndex,
  reference: ModelReference,
): KeptModel | undefined {
  if ("id" in reference) return byId.get(reference.id);
  const { detector, alias, device } = reference;
  const named = alias === "production" ? byDetector.get(detector) ?? [] : [];
  const meant = device === undefined
    ? named
    : named.filter(({ summary }) => summary.device === device);
  return meant.length === 1 ? meant[0] : undefined;
}

function modelsOf(device: KeptDevice): KeptModel[] {
  return device.assignments.map((assignment) => ({
    summary: summaryOf(device, assignment),
    setting: assignment.setting,
  }));
}

function summaryOf(
  device: KeptDevice,
  { modelId, label, detectorId, detector, setting }: KeptAssignment,
): ModelSummary {
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
