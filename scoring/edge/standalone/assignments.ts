import {
  BundleError,
  loadSections,
  openBundle,
  openSetting,
  type TrustedKeys,
} from "../../bundle/mod.ts";
import { type GatewayClient, GatewayError } from "./gateway_client.ts";
import type {
  AssignedDevice,
  AssignmentsDocument,
  RefusedModel,
  SignedAssignment,
} from "./protocol.ts";
import type { KeptAssignment, KeptDevice } from "./store/mod.ts";

/** Where assigned devices and the bundles of their models are kept. */
export interface AssignmentStore {
  /** All devices that are assigned, by name. */
  listDevices(): readonly KeptDevice[];
  /** Replaces what is assigned, at one moment, and forgets bundles that nothing names any more. */
  replaceDevices(devices: readonly KeptDevice[]): void;
  hasBundle(modelId: string): boolean;
  keepBundle(modelId: string, bytes: Uint8Array): void;
}

export interface AssignmentDeps {
  readonly gateway: GatewayClient;
  readonly store: AssignmentStore;
  /** Whose bundles and settings are believed; never learnt from the gateway. */
  readonly trustedKeys: TrustedKeys;
}

/**
 * Takes over what the gateway assigns, all of it at one moment between two points: fetches bundles
 * that are not here yet, and keeps only what a trusted key has signed for this tenant. Where a model is
 * refused, the one before it goes on.
 * @returns The models refused; they should be asked for again.
 */
export async function takeAssignments(
  deps: AssignmentDeps,
  { tenantId, devices }: AssignmentsDocument,
): Promise<readonly RefusedModel[]> {
  const before = new Map(deps.store.listDevices().map((device) => [device.deviceId, device]));
  const refused = new Map<string, RefusedModel>();
  const kept: KeptDevice[] = [];
  for (const device of devices) {
    const assignments: KeptAssignment[] = [];
    for (const signed of device.assignments) {
      const taken = await keptAssignment(deps, tenantId, signed);
      if ("code" in taken) refused.set(taken.modelId, taken);
      const last = before.get(device.deviceId)?.assignments
        .find(({ detectorId }) => detectorId === signed.detectorId);
      const next = "code" in taken ? last : taken;
      if (next !== undefined) assignments.push(next);
    }
    kept.push(keptDevice(device, assignments));
  }
  deps.store.replaceDevices(kept);
  return [...refused.values()];
}

function keptDevice(
  { deviceId, name, latenessMs, metrics, forwarding }: AssignedDevice,
  assignments: readonly KeptAssignment[],
): KeptDevice {
  return { deviceId, name, latenessMs, metrics, forwarding, assignments };
}

async function keptAssignment(
  deps: AssignmentDeps,
  tenantId: string,
  signed: SignedAssignment,
): Promise<KeptAssignment | RefusedModel> {
  const { detectorId, modelId } = signed;
  try {
    return await verified(deps, tenantId, signed);
  } catch (error) {
    if (error instanceof BundleError || isUnknown(error)) {
      return { detectorId, modelId, code: error.code, message: error.message };
    }
    throw error;
  }
}

/** The gateway names a model that it does not have, as after it was restored. */
function isUnknown(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.status === 404;
}

async function verified(
  { gateway, store, trustedKeys }: AssignmentDeps,
  tenantId: string,
  { detectorId, detector, modelId, label, setting: body, signature }: SignedAssignment,
): Promise<KeptAssignment> {
  const trust = { tenantId, trustedKeys };
  const signed = { body, signature: Uint8Array.from(atob(signature), (c) => c.charCodeAt(0)) };
  const setting = await openSetting(signed, trust);
  if (!store.hasBundle(modelId)) {
    const bytes = await gateway.bundle(modelId);
    const { model } = await openBundle(bytes, { ...trust, id: modelId });
    // A bundle is kept only when all of it can be used, not just what the next hour needs.
    loadSections(model);
    store.keepBundle(modelId, bytes);
  }
  return { detectorId, detector, modelId, label, setting };
}
