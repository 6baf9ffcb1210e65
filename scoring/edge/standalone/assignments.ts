import {
  BundleError,
  loadSections,
  openBundle,
  openMapping,
  type OpenOptions,
  openSetting,
  type TrustedKeys,
} from "../../bundle/mod.ts";
import { MappingError, type MappingSettings, parseSignedMapping } from "../mapping/mod.ts";
import { type GatewayClient, GatewayError } from "./gateway_client.ts";
import type {
  AssignedDevice,
  AssignedMetric,
  AssignmentsDocument,
  RefusedMapping,
  RefusedModel,
  SignedAssignment,
  SignedMapping,
} from "./protocol.ts";
import type { Assigned, KeptAssignment, KeptDevice } from "./store/mod.ts";

/** Where assigned devices, the bundles of their models and the mapping are kept. */
export interface AssignmentStore {
  /** All devices that are assigned, by name. */
  listDevices(): readonly KeptDevice[];
  /** How senders' names are mapped now; `undefined` while no gateway has said it. */
  mapping(): MappingSettings | undefined;
  /** Replaces what is assigned, at one moment, and forgets bundles that nothing names any more. */
  replaceAssigned(assigned: Assigned): void;
  hasBundle(modelId: string): boolean;
  keepBundle(modelId: string, bytes: Uint8Array): void;
}

export interface AssignmentDeps {
  readonly gateway: GatewayClient;
  readonly store: AssignmentStore;
  /** Whose bundles and settings are believed; never learnt from the gateway. */
  readonly trustedKeys: TrustedKeys;
}

/** What of the assignments was not taken. */
export interface RefusedAssignments {
  readonly models: readonly RefusedModel[];
  readonly mapping: RefusedMapping | null;
}

/**
 * Takes over what the gateway assigns, all of it at one moment between two points: fetches bundles
 * that are not here yet, and keeps only what a trusted key has signed for this tenant. Where a model or
 * the mapping is refused, the one before it goes on.
 * @returns What was refused; it should be asked for again.
 */
export async function takeAssignments(
  deps: AssignmentDeps,
  document: AssignmentsDocument,
): Promise<RefusedAssignments> {
  const { tenantId, devices, mapping } = document;
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
  const named = await keptMapping(deps, tenantId, mapping);
  const isRefused = named !== undefined && "code" in named;
  deps.store.replaceAssigned({
    devices: kept,
    metrics: metricsOf(document),
    mapping: isRefused ? deps.store.mapping() : named,
  });
  return { models: [...refused.values()], mapping: isRefused ? named : null };
}

async function keptMapping(
  { store, trustedKeys }: AssignmentDeps,
  tenantId: string,
  signed: SignedMapping | undefined,
): Promise<MappingSettings | RefusedMapping | undefined> {
  if (signed === undefined) return store.mapping();
  try {
    return await verifiedMapping(signed, { tenantId, trustedKeys });
  } catch (error) {
    if (error instanceof BundleError) return { code: error.code, message: error.message };
    if (!(error instanceof MappingError)) throw error;
    return { code: "MAPPING_INVALID", message: error.message };
  }
}

async function verifiedMapping(
  { mapping: body, signature }: SignedMapping,
  trust: Omit<OpenOptions, "id">,
): Promise<MappingSettings> {
  return parseSignedMapping(
    await openMapping({ body, signature: signatureOf(signature) }, trust),
  );
}

/** Base64 that is none has no signature. */
function signatureOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** A gateway of the version before says all of them of each device. */
function metricsOf({ metrics, devices }: AssignmentsDocument): readonly AssignedMetric[] {
  if (metrics !== undefined) return metrics;
  const all = devices.flatMap((device) => device.metrics ?? []);
  return [...new Map(all.map((metric) => [metric.metricId, metric])).values()];
}

function keptDevice(
  { deviceId, name, latenessMs, forwarding }: AssignedDevice,
  assignments: readonly KeptAssignment[],
): KeptDevice {
  return { deviceId, name, latenessMs, forwarding, assignments };
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
  const setting = await openSetting({ body, signature: signatureOf(signature) }, trust);
  if (!store.hasBundle(modelId)) {
    const bytes = await gateway.bundle(modelId);
    const { model } = await openBundle(bytes, { ...trust, id: modelId });
    // A bundle is kept only when all of it can be used, not just what the next hour needs.
    loadSections(model);
    store.keepBundle(modelId, bytes);
  }
  return { detectorId, detector, modelId, label, setting };
}
