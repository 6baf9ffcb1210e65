import { signBundle, type Signer } from "../../scoring/bundle/mod.ts";
import {
  type ChangeDeps,
  type Database,
  type Detector,
  findDetector,
  findSetting,
  type FitDeviceResult,
  type FitPoolResult,
  fittedStatements,
  type Json,
  modelLabel,
  type ModelRow,
  nextSetting,
  NotFoundError,
  poolsOf,
  replaceBaselines,
  settingStatement,
  type Statement,
  type TenantDb,
} from "../../domain/mod.ts";
import { untilRecorded } from "./recording.ts";
import type { JobContext, JobHandler } from "./runner.ts";
import { wantedDevices } from "./wanted_devices.ts";

export interface FitDeps extends ChangeDeps {
  readonly db: Database;
  readonly signer: Signer;
}

/** A device of a fit and what became of it. */
interface DeviceOutcome {
  readonly [key: string]: Json;
  readonly deviceId: string;
  /** Null where there were too few rows. */
  readonly modelId: string | null;
  readonly message: string;
  /** Baselines that are new or have changed. */
  readonly baselines: number;
}

/** Fits a model for each device of a detector, puts it into production and builds the baselines. */
export function createFitHandler(deps: FitDeps): JobHandler {
  return (context) => forEachDevice(deps, context, false);
}

/** Builds the baselines of a detector's devices. Run again on the same points it changes nothing. */
export function createBaselineHandler(deps: FitDeps): JobHandler {
  return (context) => forEachDevice(deps, context, true);
}

async function forEachDevice(
  deps: FitDeps,
  context: JobContext,
  isModelSkipped: boolean,
): Promise<Json> {
  const { job: { tenant_id: tenantId, params }, signal } = context;
  const tenant = deps.db.tenant(tenantId);
  const detector = await findDetector(tenant, params.detectorId);
  if (!detector) throw new NotFoundError("detector", params.detectorId);
  const deviceIds = await wantedDevices(tenant, detector, params.deviceIds);
  const outcomes: DeviceOutcome[] = [];
  for (const [index, deviceId] of deviceIds.entries()) {
    signal.throwIfAborted();
    const message = `device ${index + 1} of ${deviceIds.length}`;
    context.report({ fraction: index / deviceIds.length, message });
    const fitted = await deps.db.runInReadWorker("fitDevice", {
      tenantId,
      detectorId: detector.id,
      deviceId,
      from: params.from,
      until: params.until,
      now: deps.now(),
      isModelSkipped,
    });
    outcomes.push(
      await recorded(
        deps,
        { tenant, detector, deviceId, fitted },
        (statements, outcome) =>
          context.commit(statements, {
            fraction: (index + 1) / deviceIds.length,
            message: `${message}: ${outcome.message}`,
          }),
      ),
    );
  }
  if (!isModelSkipped && !params.deviceIds) {
    await fitPools(deps, context, { detector, tenant, outcomes });
  }
  return resultOf(outcomes, isModelSkipped);
}

/** The models of cohorts and tenant, which devices borrow that have none of their own yet. */
async function fitPools(
  deps: FitDeps,
  { job: { params }, signal, commit }: JobContext,
  { tenant, detector, outcomes }: DevicesFitted,
): Promise<void> {
  const { tenantId } = tenant;
  const { from, until } = params;
  const fittedIds = outcomes.filter(({ modelId }) => modelId !== null)
    .map(({ deviceId }) => deviceId);
  for (const { entityId, deviceIds } of await poolsOf(tenant, detector.scope, fittedIds)) {
    signal.throwIfAborted();
    const fitted = await deps.db.runInReadWorker("fitPool", {
      tenantId,
      detectorId: detector.id,
      entityId,
      deviceIds,
      from,
      until,
      now: deps.now(),
    });
    await untilRecorded(async () => {
      const statements = await modelStatements(deps, { tenant, detector, entityId, fitted });
      await commit(statements, { fraction: 1, message: `pool of ${deviceIds.length} devices` });
    });
  }
}

interface DevicesFitted {
  readonly tenant: TenantDb;
  readonly detector: Detector;
  readonly outcomes: readonly DeviceOutcome[];
}

interface Fitted {
  readonly tenant: TenantDb;
  readonly detector: Detector;
  readonly deviceId: string;
  readonly fitted: FitDeviceResult;
}

async function recorded(
  deps: FitDeps,
  fitted: Fitted,
  commit: (statements: readonly Statement[], outcome: DeviceOutcome) => Promise<void>,
): Promise<DeviceOutcome> {
  return await untilRecorded(async () => {
    const { statements, outcome } = await recording(deps, fitted);
    await commit(statements, outcome);
    return outcome;
  });
}

async function recording(
  deps: FitDeps,
  { tenant, detector, deviceId, fitted }: Fitted,
): Promise<{ statements: readonly Statement[]; outcome: DeviceOutcome }> {
  const baselines = await replaceBaselines(tenant, deviceId, fitted.baselines, deps);
  const models = await modelStatements(deps, { tenant, detector, entityId: deviceId, fitted });
  const { model, tooFew } = fitted;
  const message = tooFew
    ? `too few rows: ${tooFew.wanted} are needed, found ${tooFew.rows}`
    : model
    ? `fitted to ${model.summary.provenance.rows} rows`
    : "baselines built";
  return {
    statements: [...baselines.write.statements, ...models],
    outcome: {
      deviceId,
      modelId: model?.id ?? null,
      message,
      baselines: baselines.subject.length,
    },
  };
}

interface EntityFitted extends Pick<Fitted, "tenant" | "detector"> {
  readonly entityId: string;
  readonly fitted: FitPoolResult;
}

/** The signed model, in production, with the setting under which it judges. */
async function modelStatements(
  { signer, now }: FitDeps,
  { tenant, detector, entityId, fitted }: EntityFitted,
): Promise<Statement[]> {
  const { model, calendar, zone } = fitted;
  if (!model) return [];
  const { tenantId } = tenant;
  const at = now();
  const previous = (await findSetting(tenant, detector.id, entityId))?.setting;
  const setting = nextSetting(detector, { entityId, calendar, zone, previous });
  const row: ModelRow = {
    id: model.id,
    tenant_id: tenantId,
    detector_id: detector.id,
    entity_id: entityId,
    label: modelLabel(at),
    summary: model.summary,
    created_at: at,
  };
  const bundle = await signBundle(model.unsigned, signer, tenantId);
  return [
    await settingStatement(tenantId, setting, signer, at),
    ...fittedStatements(row, bundle, at),
  ];
}

function resultOf(outcomes: readonly DeviceOutcome[], isModelSkipped: boolean): Json {
  const models = outcomes.filter(({ modelId }) => modelId !== null).length;
  if (models === 0 && !isModelSkipped) {
    throw new Error(`Cannot fit any device: ${outcomes[0].message}`);
  }
  return { devices: outcomes, models };
}
