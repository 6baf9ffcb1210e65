import {
  type ChangeDeps,
  type Database,
  type Detector,
  type DriftReport,
  driftReportStatements,
  enqueueJob,
  findDetector,
  type FindDriftResult,
  findJob,
  type Json,
  listDriftedDevices,
  NotFoundError,
  refitSpanStart,
  type Statement,
  type TenantDb,
} from "../../domain/mod.ts";
import { untilRecorded } from "./recording.ts";
import type { JobContext, JobHandler } from "./runner.ts";
import { wantedDevices } from "./wanted_devices.ts";

export interface DriftDeps extends ChangeDeps {
  readonly db: Database;
}

/** What was found of one device. */
interface DeviceDrift {
  readonly [key: string]: Json;
  readonly deviceId: string;
  /** Null for a device that has no model of its own: there is nothing to hold it against. */
  readonly modelId: string | null;
  /** Windows that were judged. */
  readonly windows: number;
  /** Of those, how many ask for action. */
  readonly actions: number;
}

/**
 * Judges what is new of a detector's devices by the drift monitors. Run again on the same points it
 * changes nothing. Devices that ask for action are fitted anew where the detector says so.
 */
export function createDriftHandler(deps: DriftDeps): JobHandler {
  return async (context) => {
    const { job: { tenant_id: tenantId, params }, signal } = context;
    const tenant = deps.db.tenant(tenantId);
    const detector = await findDetector(tenant, params.detectorId);
    if (!detector) throw new NotFoundError("detector", params.detectorId);
    const deviceIds = await wantedDevices(tenant, detector, params.deviceIds);
    const devices: DeviceDrift[] = [];
    for (const [index, deviceId] of deviceIds.entries()) {
      signal.throwIfAborted();
      const progress = {
        fraction: index / deviceIds.length,
        message: `device ${index + 1} of ${deviceIds.length}`,
      };
      const device = { tenant, detector, deviceId };
      devices.push(
        await untilRecorded(() =>
          checked(deps, device, (statements) => context.commit(statements, progress))
        ),
      );
    }
    const refitId = await refitted(deps, context, { tenant, detector });
    return { devices, refitJobId: refitId };
  };
}

interface Checked {
  readonly tenant: TenantDb;
  readonly detector: Detector;
  readonly deviceId: string;
}

async function checked(
  deps: DriftDeps,
  { tenant, detector, deviceId }: Checked,
  commit: (statements: readonly Statement[]) => Promise<void>,
): Promise<DeviceDrift> {
  const found = await deps.db.runInReadWorker("findDrift", {
    tenantId: tenant.tenantId,
    detectorId: detector.id,
    deviceId,
  });
  const reports = reportsOf(deps, { tenant, detector, deviceId }, found);
  await commit(driftReportStatements(reports));
  return {
    deviceId,
    modelId: found.modelId,
    windows: reports.length,
    actions: reports.filter(({ is_action }) => is_action === 1).length,
  };
}

function reportsOf(
  { now, newId }: DriftDeps,
  { tenant, detector, deviceId }: Checked,
  { modelId, features, drifts }: FindDriftResult,
): DriftReport[] {
  if (modelId === null) return [];
  return drifts.map((drift) => ({
    id: newId(),
    tenant_id: tenant.tenantId,
    detector_id: detector.id,
    device_id: deviceId,
    model_id: modelId,
    from_at: drift.from,
    until_at: drift.until,
    features: features.flatMap((name, index) => {
      const column = drift.columns[index];
      return column ? [{ ...name, ...column }] : [];
    }),
    score: drift.columns[features.length] ?? null,
    f1: drift.f1,
    severity: drift.severity,
    state: drift.state,
    is_action: drift.isAction ? 1 : 0,
    created_at: now(),
  }));
}

/**
 * Id of the job that fits the devices anew for which this one has found action due, null where there is
 * none. Asked of the reports and not of this run, so that a run that was begun twice forgets nothing.
 */
async function refitted(
  { now }: DriftDeps,
  { job, commit }: JobContext,
  { tenant, detector }: Pick<Checked, "tenant" | "detector">,
): Promise<string | null> {
  if (detector.drift_policy.onDrift !== "REFIT") return null;
  const deviceIds = await listDriftedDevices(tenant, detector.id, job.created_at);
  if (deviceIds.length === 0) return null;
  const id = `${job.id}-refit`;
  if (await findJob(tenant, id)) return id;
  const params = {
    detectorId: detector.id,
    deviceIds,
    from: await refitSpanStart(tenant, deviceIds),
  };
  const { write } = await enqueueJob(tenant, "fit", params, { now, newId: () => id });
  await commit(write.statements, { fraction: 1, message: `fits ${deviceIds.length} anew` });
  return id;
}
