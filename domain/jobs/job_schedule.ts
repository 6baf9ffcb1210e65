import { type Kysely, sql } from "kysely";
import type { ChangeDeps } from "../change.ts";
import { refitSpanStart } from "../drift/refit.ts";
import { enqueueJob, type JobKind } from "./jobs.ts";
import { build, statement } from "../storage/build.ts";
import type { Database } from "../storage/database.ts";
import type { Tables } from "../storage/tables.ts";
import { GuardError } from "../storage/write.ts";

/** How often the devices of a detector with models are checked for drift, ms: a usual window. */
export const DRIFT_CHECK_MS = 6 * 3_600_000;

/** A refit that failed is tried again after this long, ms. */
const REFIT_RETRY_MS = 86_400_000;

/** Ended jobs of the schedule are kept for this long, ms. */
const KEPT_MS = 30 * 86_400_000;

/** A job that the clock asks for. */
interface DueJob {
  readonly tenantId: string;
  readonly detectorId: string;
  readonly kind: JobKind;
  /** The same for all who ask at this time, so that none is added twice. */
  readonly id: string;
}

/**
 * Adds the jobs that are due by the clock: drift checks of detectors whose models are six hours old, and
 * refits where a detector asks for them. Each tenant gets one at a time, and none while other jobs of
 * it wait, so that what people ask for comes first. Several processes may do this at once.
 */
export async function enqueueDueJobs(
  db: Database,
  { now }: Pick<ChangeDeps, "now">,
): Promise<void> {
  for (const due of await listDueJobs(db.reader, now())) {
    const tenant = db.tenant(due.tenantId);
    const { detectorId } = due;
    const from = due.kind === "fit" ? await refitSpanStart(tenant) : undefined;
    const params = from === undefined ? { detectorId } : { detectorId, from };
    const { write } = await enqueueJob(tenant, due.kind, params, { now, newId: () => due.id });
    try {
      await db.writer.commit({ statements: [...write.statements, forgetting(due, now())] });
    } catch (error) {
      // Another process was quicker: its job has the id.
      if (!(error instanceof GuardError)) throw error;
    }
  }
}

async function listDueJobs(db: Kysely<Tables>, now: number): Promise<DueJob[]> {
  const slot = Math.floor(now / DRIFT_CHECK_MS);
  const day = Math.floor(now / REFIT_RETRY_MS);
  const rows = await db.selectFrom("detectors as detector")
    .innerJoin(
      "model_aliases as alias",
      (join) =>
        join.onRef("alias.tenant_id", "=", "detector.tenant_id")
          .onRef("alias.detector_id", "=", "detector.id").on("alias.alias", "=", "production"),
    )
    .select((eb) => [
      "detector.id",
      "detector.tenant_id",
      "detector.refit_every_ms",
      eb.fn.max("alias.updated_at").as("fitted_at"),
      sql<number>`exists (select 1 from jobs
        where jobs.id = detector.id || ${`-drift-${slot}`})`.as("is_checked"),
      sql<number>`exists (select 1 from jobs
        where jobs.id = detector.id || ${`-refit-${day}`})`.as("is_refitted"),
    ])
    .where("detector.enabled", "=", 1)
    .where(sql<boolean>`not exists (select 1 from jobs
      where jobs.tenant_id = detector.tenant_id and jobs.state in ('queued', 'running'))`)
    .groupBy("detector.id").orderBy("detector.id").execute();
  const due = rows.flatMap((row): DueJob[] => {
    const { id: detectorId, tenant_id: tenantId, refit_every_ms: every, fitted_at } = row;
    const age = now - fitted_at;
    if (every !== null && age >= every && row.is_refitted === 0) {
      return [{ tenantId, detectorId, kind: "fit", id: `${detectorId}-refit-${day}` }];
    }
    if (age >= DRIFT_CHECK_MS && row.is_checked === 0) {
      return [{ tenantId, detectorId, kind: "drift", id: `${detectorId}-drift-${slot}` }];
    }
    return [];
  });
  return [...Map.groupBy(due, ({ tenantId }) => tenantId).values()].map(([first]) => first);
}

function forgetting({ tenantId, detectorId, kind }: DueJob, now: number) {
  const name = kind === "fit" ? "refit" : "drift";
  return statement(
    build.deleteFrom("jobs").where("tenant_id", "=", tenantId)
      .where("id", ">=", `${detectorId}-${name}-`).where("id", "<", `${detectorId}-${name}.`)
      .where("finished_at", "<", now - KEPT_MS),
  );
}
