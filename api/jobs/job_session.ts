import {
  type Change,
  changedJob,
  type Database,
  findJob,
  GuardError,
  type Job,
  LEASE_MS,
  type Statement,
} from "../../domain/mod.ts";

/** Changes of a job's progress that are told in a second. */
const TOLD_PER_SECOND_MAX = 4;

/** Another has the job now, or a person has cancelled it: nothing of this run may be recorded. */
export class JobLostError extends Error {
  override readonly name = "JobLostError";
}

export interface JobSessionDeps {
  readonly db: Database;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/** How far a job is. */
export interface JobProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message?: string;
}

/**
 * A leased job while it runs. All changes of its row go through here, one after the other, each
 * guarded by the version of the one before; the first that fails ends the session.
 */
export class JobSession {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #lost = new AbortController();
  readonly #renewal: ReturnType<typeof setInterval>;
  #job: Job;
  #turn: Promise<unknown> = Promise.resolve();
  #toldAt = -Infinity;
  #latest: JobProgress | undefined;

  constructor(job: Job, { db, now }: JobSessionDeps) {
    this.#job = job;
    this.#db = db;
    this.#now = now;
    this.#renewal = setInterval(() => {
      this.#change(() => ({}), { isTold: false }).catch(() => {});
    }, LEASE_MS / 3);
  }

  get job(): Job {
    return this.#job;
  }

  /** Aborts when the job is no longer this worker's. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Tells how far it is, at most four times a second; what comes in between is told with the next. */
  report(progress: JobProgress): void {
    this.#latest = progress;
    if (this.#takeTelling()) this.#change(() => this.#reported()).catch(() => {});
  }

  /** Commits statements together with the progress they make. Rejects with `JobLostError`. */
  async commit(statements: readonly Statement[], progress: JobProgress): Promise<void> {
    this.#latest = progress;
    await this.#change(() => this.#reported(), { statements, isTold: this.#takeTelling() });
  }

  /** Ends the run by a last change of the row. Rejects with `JobLostError`. */
  async finish(changes: Parameters<typeof changedJob>[1]): Promise<void> {
    this.#stopRenewal();
    await this.#change(() => ({ ...changes, lease_owner: null, lease_until: null }));
  }

  /** Ends the run without a change. */
  close(): void {
    this.#stopRenewal();
    this.#lost.abort();
  }

  #stopRenewal(): void {
    clearInterval(this.#renewal);
  }

  /** Whether it is time to tell again; then it is as good as told. */
  #takeTelling(): boolean {
    const now = this.#now();
    if (now - this.#toldAt < 1_000 / TOLD_PER_SECOND_MAX) return false;
    this.#toldAt = now;
    return true;
  }

  #reported(): Partial<Job> {
    const { fraction, message } = this.#latest!;
    return { progress: fraction, message: message ?? this.#job.message };
  }

  #change(
    changesOf: () => Parameters<typeof changedJob>[1],
    { isTold = true, statements = [] }: {
      readonly isTold?: boolean;
      readonly statements?: readonly Statement[];
    } = {},
  ): Promise<void> {
    const turn = this.#turn.then(async () => {
      this.#lost.signal.throwIfAborted();
      const now = this.#now();
      const changes = { lease_until: now + LEASE_MS, ...changesOf() };
      await this.#commit(changedJob(this.#job, changes, now, { isTold }), statements);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #commit({ subject, write }: Change<Job>, more: readonly Statement[]): Promise<void> {
    try {
      await this.#db.writer.commit({ statements: [...write.statements, ...more] });
      this.#job = subject;
    } catch (error) {
      if (!(error instanceof GuardError) || !await this.#isLost()) throw error;
      const lost = new JobLostError(`Cannot go on with job "${this.#job.id}" as it was taken away`);
      this.#stopRenewal();
      this.#lost.abort(lost);
      throw lost;
    }
  }

  /** Whether it was the job's own guard that failed, and not one of the other statements'. */
  async #isLost(): Promise<boolean> {
    const { id, tenant_id, version } = this.#job;
    const stored = await findJob(this.#db.tenant(tenant_id), id);
    return stored?.version !== version;
  }
}
