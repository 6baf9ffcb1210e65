import type { Awaitable } from "../async/awaitable.ts";
import { BundleError } from "../../bundle/mod.ts";
import type { Model } from "../../detect/mod.ts";
import type { FeaturePlan } from "../../features/mod.ts";
import {
  createDevicePipeline,
  type DeviceEffects,
  type DevicePipeline,
} from "../../pipeline/mod.ts";
import type { Assignment, DeviceProfile, EdgeStore } from "../store.ts";

/** What a session needs of its tenant. */
export interface SessionContext {
  readonly tenantId: string;
  readonly store: EdgeStore;
  /** A decoded and verified model; cached by whoever gives it. */
  readonly openModel: (modelId: string) => Awaitable<Model>;
  /** Told of a bundle that could not be opened; its detector does not judge until it is replaced. */
  readonly onBadBundle: (error: BundleError, modelId: string) => void;
}

/**
 * A device in memory: its profile and the pipeline folded up to the profile's watermark. It equals
 * what is stored; after a commit that failed it must be thrown away.
 */
export interface DeviceSession {
  readonly profile: DeviceProfile;
  readonly pipeline: DevicePipeline;
  /** Feature plans that its points go through. */
  readonly plans: readonly FeaturePlan[];
  /** Store's revision at which the profile was last known to be true. */
  revision: number;
  watermark: number | null;
  /** Version of each incident that is not CLOSED, by id. */
  readonly incidentVersions: Map<string, number>;
  /** Event time of the newest stored point by metric id. */
  readonly newestAt: Map<string, number>;
}

/** The device as it is stored, its evaluators folded again; `undefined` when there is no such device. */
export async function openSession(
  context: SessionContext,
  name: string,
): Promise<DeviceSession | undefined> {
  const revision = context.store.revision();
  const profile = await context.store.findDevice(name);
  if (profile === undefined) return undefined;
  const runners = await openRunners(context, profile);
  const pipeline = await openPipeline(context, profile, runners);
  return {
    profile,
    pipeline,
    plans: runners.map(({ model }) => model.plan),
    revision,
    watermark: profile.watermark,
    incidentVersions: new Map(profile.incidents.map(({ id, version }) => [id, version])),
    newestAt: await context.store.listNewest(profile.deviceId),
  };
}

async function openPipeline(
  context: SessionContext,
  profile: DeviceProfile,
  runners: readonly Runner[],
): Promise<DevicePipeline> {
  const { metrics } = profile;
  const pipeline = createDevicePipeline({
    tenantId: context.tenantId,
    deviceId: profile.deviceId,
    latenessMs: profile.latenessMs,
    watermark: profile.watermark,
    incidents: profile.incidents,
    metricIds: { get: (name) => metrics.get(name)?.metricId },
    categories: { get: (name) => metrics.get(name)?.category },
    runners,
  });
  if (pipeline.refoldFrom !== null) {
    const { refoldFrom, refoldMetrics } = pipeline;
    pipeline.refold(await context.store.listPoints(profile.deviceId, refoldMetrics, refoldFrom));
  }
  return pipeline;
}

interface Runner extends Assignment {
  readonly model: Model;
}

async function openRunners(context: SessionContext, profile: DeviceProfile): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const { detectorId, modelId, setting } of profile.assignments) {
    const model = await openModel(context, modelId);
    if (model !== undefined) runners.push({ detectorId, modelId, model, setting });
  }
  return runners;
}

/** A damaged bundle must not stop the telemetry that it would have judged. */
async function openModel(context: SessionContext, modelId: string): Promise<Model | undefined> {
  try {
    return await context.openModel(modelId);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    context.onBadBundle(error, modelId);
    return undefined;
  }
}

/** Whether a session still equals its device after others have changed something in the tenant. */
export async function isCurrent(context: SessionContext, session: DeviceSession): Promise<boolean> {
  const revision = context.store.revision();
  if (session.revision === revision) return true;
  const profile = await context.store.findDevice(session.profile.name);
  if (profile === undefined || !isSame(session, profile)) return false;
  session.revision = revision;
  return true;
}

function isSame(session: DeviceSession, now: DeviceProfile): boolean {
  const { profile, incidentVersions } = session;
  return now.deviceId === profile.deviceId && now.watermark === session.watermark &&
    now.latenessMs === profile.latenessMs && now.metrics === profile.metrics &&
    // A model that could not be opened may have been fetched again.
    session.plans.length === now.assignments.length &&
    now.incidents.length === incidentVersions.size &&
    now.incidents.every(({ id, version }) => incidentVersions.get(id) === version) &&
    signatureOf(now) === signatureOf(profile);
}

/** What judges, besides state. */
function signatureOf({ assignments }: DeviceProfile): string {
  return JSON.stringify(
    assignments.map(({ detectorId, modelId, setting }) => [detectorId, modelId, setting.version]),
  );
}

/** Takes over what was committed. */
export function settle(session: DeviceSession, effects: DeviceEffects): void {
  session.watermark = effects.watermark;
  for (const { incident } of effects.incidentChanges) {
    if (incident.state === "CLOSED") session.incidentVersions.delete(incident.id);
    else session.incidentVersions.set(incident.id, incident.version);
  }
}
