import type { Awaitable } from "../async/awaitable.ts";
import type { Model, Setting } from "../../detect/mod.ts";

/** A model that can be asked here, without its bytes. */
export interface ModelSummary {
  /** Content hash of its bundle, 64 hex digits. */
  readonly id: string;
  /** vYYYYMMDD_HHMMSS. */
  readonly label: string;
  readonly detectorId: string;
  readonly detector: string;
  /** Device, cohort or tenant that it was fitted for. */
  readonly entityId: string;
  /** The tenant's own name of that device, where it is one. */
  readonly device: string | null;
  /** production, shadow, canary or archived; null when nothing points at it. */
  readonly alias: string | null;
}

/** How a caller names a model. */
export type ModelReference =
  | { readonly id: string }
  /** The detector by id or name; `device` tells which of its models, by the tenant's own name. */
  | { readonly detector: string; readonly alias: string; readonly device?: string };

/** A model ready to judge, with what is in force for it. */
export interface ServedModel {
  readonly summary: ModelSummary;
  readonly model: Model;
  readonly setting: Setting;
}

/** The models of one tenant that stateless scoring may use. */
export interface ModelCatalog {
  /** Newest first, at most `first`. */
  list(first: number): Promise<readonly ModelSummary[]>;
  /** `undefined` when there is none, or when a detector has several and no device is named. */
  find(reference: ModelReference): Awaitable<ServedModel | undefined>;
}

/** A model's id, or a detector and an alias joined by the last colon. */
export function parseReference(model: string, device: string | undefined): ModelReference {
  const colon = model.lastIndexOf(":");
  if (colon < 0) return { id: model };
  const [detector, alias] = [model.slice(0, colon), model.slice(colon + 1)];
  // The word that other tools have for a model under test.
  return { detector, alias: alias === "staging" ? "shadow" : alias, device };
}
