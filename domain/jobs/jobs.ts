import type { Selectable } from "kysely";
import { build, guarded, listed } from "../storage/build.ts";
import type { ChangeDeps } from "../change.ts";
import { findDetector } from "../detection/detectors.ts";
import { loadDevices } from "../fleet/devices.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../errors.ts";
import { eventStatement } from "../storage/event_log.ts";
import type { Json } from "../input.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import { quotaExceeded, UNFINISHED_JOBS_MAX } from "../tenancy/quota.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change } from "../storage/write.ts";

type Stored = Selectable<Tables["jobs"]>;

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/**
 * `fit`: models and baselines of a detector's devices. `baseline`: baselines alone. `drift`: whether
 * devices still are as their models were fitted.
 */
export type JobKind = "fit" | "baseline" | "drift";

/** Work that takes longer than an answer may. */
export type Job = Omit<Stored, "kind" | "state" | "params" | "result"> & {
  readonly kind: JobKind;
  readonly state: JobState;
  readonly params: JobParams;
  /** What came of it, by kind; null until it has succeeded. */
  readonly result: Json | null;
};

/** What a job works on. */
export interface JobParams {
  readonly detectorId: string;
  /** All devices in the detector's scope where not given. */
  readonly deviceIds?: readonly string[];
  /** First instant of the data, ms; the oldest stored where not given. */
  readonly from?: number;
  /** Instant before which the data ends, ms; all that is stored where not given. */
  readonly until?: number;
}

export interface JobFilter {
  readonly states?: readonly JobState[] | null;
  readonly kind?: JobKind | null;
}

/** Devices that a job may name one by one. */
const JOB_DEVICES_MAX = 1_000;

/** By id. */
export async function findJob(tenant: TenantDb, id: string): Promise<Job | undefined> {
  const row = await jobsOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toJob(row);
}

/** Newest first; its key is (created_at, id). */
export async function listJobs(
  tenant: TenantDb,
  { states, kind, ...page }: PageRequest & JobFilter,
): Promise<Page<Job>> {
  let query = jobsOf(tenant);
  if (states) query = query.where("state", "in", listed(states));
  if (kind) query = query.where("kind", "=", kind);
  const order = { columns: ["created_at", "id"], direction: "desc" } as const;
  return mapPage(await readPage(query, order, page), toJob);
}

/** In the order of the ids, `undefined` where the tenant has no such job. */
export async function loadJobs(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(Job | undefined)[]> {
  const rows = await jobsOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toJob));
}

/**
 * A job that waits for a worker. A `fit` makes a model for each device, puts it into production and
 * builds the baselines. The write holds only while there is no job of this id.
 *
 * @throws {NotFoundError} When the tenant has no such detector.
 * @throws {InvalidInputError} When a device does not exist or the span is empty.
 * @throws {QuotaExceededError} When too many jobs wait.
 */
export async function enqueueJob(
  tenant: TenantDb,
  kind: JobKind,
  input: { readonly [K in keyof JobParams]: JobParams[K] | null },
  { now, newId }: ChangeDeps,
): Promise<Change<Job>> {
  const params = await checkedParams(tenant, input);
  await checkUnfinished(tenant);
  const job: Job = {
    id: newId(),
    tenant_id: tenant.tenantId,
    kind,
    params,
    state: "queued",
    progress: 0,
    message: "",
    result: null,
    error: null,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    created_at: now(),
    started_at: null,
    finished_at: null,
    version: 1,
  };
  const row = { ...job, params: JSON.stringify(params), result: null };
  const insert = build.insertInto("jobs").values(row)
    .onConflict((conflict) => conflict.column("id").doNothing());
  return { subject: job, write: { statements: [guarded(insert), jobEvent(job, now())] } };
}

/**
 * Ends a job that has not ended by itself. A worker that runs it learns so at its next step and
 * records nothing more.
 *
 * @throws {NotFoundError} @throws {ConflictError} When it has ended.
 */
export async function cancelJob(
  tenant: TenantDb,
  id: string,
  { now }: Pick<ChangeDeps, "now">,
): Promise<Change<Job>> {
  const job = await findJob(tenant, id);
  if (!job) throw new NotFoundError("job", id);
  if (job.state !== "queued" && job.state !== "running") {
    throw new ConflictError(`Cannot cancel job "${id}" as it is ${job.state}`);
  }
  const at = now();
  return changedJob(job, { state: "cancelled", finished_at: at, ...UNLEASED }, at);
}

/** Columns of a job that nobody works on. */
export const UNLEASED = { lease_owner: null, lease_until: null } as const;

/** The job with some columns changed; the write holds only while the row has this version. */
export function changedJob(
  job: Job,
  changes: Partial<Omit<Job, "id" | "tenant_id" | "params" | "kind">>,
  at: number,
  { isTold = true }: { readonly isTold?: boolean } = {},
): Change<Job> {
  const next: Job = { ...job, ...changes, version: job.version + 1 };
  const { result, ...columns } = changes;
  const update = build.updateTable("jobs")
    .set({ ...columns, version: next.version })
    .$if(result !== undefined, (query) => query.set({ result: JSON.stringify(result) }))
    .where("tenant_id", "=", job.tenant_id).where("id", "=", job.id)
    .where("version", "=", job.version);
  const statements = isTold ? [guarded(update), jobEvent(next, at)] : [guarded(update)];
  return { subject: next, write: { statements } };
}

/** The row as the noun has it, with its JSON read. */
export function toJob(row: Stored): Job {
  return {
    ...row,
    kind: row.kind as JobKind,
    state: row.state as JobState,
    params: JSON.parse(row.params),
    result: row.result === null ? null : JSON.parse(row.result),
  };
}

async function checkedParams(
  tenant: TenantDb,
  input: { readonly [K in keyof JobParams]: JobParams[K] | null },
): Promise<JobParams> {
  const { detectorId, deviceIds, from, until } = input;
  if (!detectorId || !await findDetector(tenant, detectorId)) {
    throw new NotFoundError("detector", detectorId ?? "");
  }
  if (deviceIds) await checkDevices(tenant, deviceIds);
  if (typeof from === "number" && typeof until === "number" && from >= until) {
    throw new InvalidInputError("until", "Cannot fit as until must be after from");
  }
  return {
    detectorId,
    ...(deviceIds && { deviceIds: [...new Set(deviceIds)] }),
    ...(typeof from === "number" && { from }),
    ...(typeof until === "number" && { until }),
  };
}

async function checkDevices(tenant: TenantDb, ids: readonly string[]): Promise<void> {
  if (ids.length === 0 || ids.length > JOB_DEVICES_MAX) {
    const said = `Cannot fit ${ids.length} devices as 1 to ${JOB_DEVICES_MAX} can be named`;
    throw new InvalidInputError("deviceIds", said, JOB_DEVICES_MAX);
  }
  const missing = (await loadDevices(tenant, ids)).indexOf(undefined);
  if (missing < 0) return;
  throw new InvalidInputError(
    `deviceIds[${missing}]`,
    `Cannot fit device "${ids[missing]}" as it does not exist`,
  );
}

async function checkUnfinished(tenant: TenantDb): Promise<void> {
  const last = await tenant.db.selectFrom("jobs").select("id")
    .where("tenant_id", "=", tenant.tenantId).where("state", "in", ["queued", "running"])
    .limit(1).offset(UNFINISHED_JOBS_MAX - 1).executeTakeFirst();
  if (last) throw quotaExceeded("UNFINISHED_JOBS_MAX", UNFINISHED_JOBS_MAX);
}

function jobEvent(job: Job, at: number) {
  const { tenant_id: tenantId, id: subjectId } = job;
  return eventStatement({ tenantId, type: "job.changed", subjectId, payload: job, at });
}

function jobsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("jobs").selectAll().where("tenant_id", "=", tenant.tenantId);
}
