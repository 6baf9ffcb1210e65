import {
  BundleError,
  loadSections,
  openBundle,
  openSetting,
  type TrustedKeys,
} from "../../bundle/mod.ts";
import { type GatewayClient, GatewayError } from "./gateway_client.ts";
import type { AssignedDevice, AssignmentsDocument, SignedAssignment } from "./protocol.ts";
import type { KeptAssignment, KeptDevice, SqliteStore } from "./sqlite_store.ts";

export interface AssignmentDeps {
  readonly gateway: GatewayClient;
  readonly store: SqliteStore;
  /** Whose bundles and settings are believed; never learnt from the gateway. */
  readonly trustedKeys: TrustedKeys;
  /** Told of bundles and settings that are not to be believed. */
  readonly onError: (error: unknown) => void;
}

/**
 * Takes over what the gateway assigns: fetches bundles that are not here yet, and keeps only what a
 * trusted key has signed for this tenant. A model that fails is left out; its device stays.
 * @returns Whether everything could be taken; what was left out should be asked for again.
 */
export async function takeAssignments(
  deps: AssignmentDeps,
  { tenantId, devices }: AssignmentsDocument,
): Promise<boolean> {
  const kept: KeptDevice[] = [];
  for (const device of devices) kept.push(await keptDevice(deps, tenantId, device));
  deps.store.replaceDevices(kept);
  return devices.every(({ assignments }, i) => assignments.length === kept[i].assignments.length);
}

async function keptDevice(
  deps: AssignmentDeps,
  tenantId: string,
  device: AssignedDevice,
): Promise<KeptDevice> {
  const assignments: KeptAssignment[] = [];
  for (const signed of device.assignments) {
    try {
      assignments.push(await keptAssignment(deps, tenantId, signed));
    } catch (error) {
      const isLeftOut = error instanceof BundleError ||
        (error instanceof GatewayError && error.status === 404);
      if (!isLeftOut) throw error;
      deps.onError(error);
    }
  }
  const { deviceId, name, latenessMs, metrics } = device;
  return { deviceId, name, latenessMs, metrics, assignments };
}

async function keptAssignment(
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
