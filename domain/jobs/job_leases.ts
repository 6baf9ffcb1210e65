import { type Kysely, sql } from "kysely";
import { changedJob, type Job, toJob, UNLEASED } from "./jobs.ts";
import type { Tables } from "../storage/tables.ts";
import type { Change } from "../storage/write.ts";

/** A worker that is not heard of for this long has lost its job. */
export const LEASE_MS = 30_000;

/** Times that a job is begun; one that ends its worker each time would do so for ever. */
export const JOB_ATTEMPTS_MAX = 3;

/** Who looks for work, and when. */
export interface JobWorker {
  /** Unique to the process. */
  readonly owner: string;
  /** Whether no other process can have the database open: then all others' leases are dead. */
  readonly isAlone: boolean;
}

/** The oldest job that nobody works on, of all tenants. */
export async function findDueJob(
  db: Kysely<Tables>,
  { owner, isAlone }: JobWorker,
  now: number,
): Promise<Job | undefined> {
  const row = await db.selectFrom("jobs").selectAll()
    // Written out, not bound, so that SQLite sees the partial index.
    .where(sql<boolean>`state in ('queued', 'running')`)
    .where((eb) =>
      eb.or([
        eb("state", "=", "queued"),
        eb("lease_until", "<", now),
        ...(isAlone ? [eb("lease_owner", "<>", owner)] : []),
      ])
    )
    .orderBy("created_at").orderBy("id").limit(1).executeTakeFirst();
  return row && toJob(row);
}

/** The job as the worker's own, or as failed when it was begun too often. */
export function leasedJob(job: Job, owner: string, now: number): Change<Job> {
  if (job.attempts >= JOB_ATTEMPTS_MAX) {
    const error = `Gave up as its worker was lost ${job.attempts} times`;
    return changedJob(job, { state: "failed", error, finished_at: now, ...UNLEASED }, now);
  }
  const lease = { lease_owner: owner, lease_until: now + LEASE_MS };
  const started_at = job.started_at ?? now;
  const attempts = job.attempts + 1;
  return changedJob(job, { state: "running", attempts, started_at, ...lease }, now);
}

/** The job as waiting again, for a worker that stops in order. The attempt does not count. */
export function returnedJob(job: Job, now: number): Change<Job> {
  const attempts = Math.max(0, job.attempts - 1);
  return changedJob(job, { state: "queued", progress: 0, attempts, ...UNLEASED }, now);
}
