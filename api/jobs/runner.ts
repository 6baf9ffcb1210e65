import {
  type Database,
  findDueJob,
  GuardError,
  type Job,
  type JobKind,
  type Json,
  leasedJob,
  returnedJob,
} from "../../domain/mod.ts";
import { JobLostError, type JobProgress, JobSession } from "./job_session.ts";

/** Jobs are waited for by people: a look this often costs nothing that one would measure. */
const LOOK_MS = 200;

/** What a handler works with. */
export interface JobContext {
  readonly job: Job;
  /** Aborts when the job was cancelled or taken over, or the process stops. */
  readonly signal: AbortSignal;
  report(progress: JobProgress): void;
  commit: JobSession["commit"];
}

/** Does the work of one kind of job and gives its result. What it throws fails the job. */
export type JobHandler = (context: JobContext) => Promise<Json>;

export interface JobRunnerOptions {
  readonly db: Database;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Unique to the process. */
  readonly owner: string;
  readonly handlers: Readonly<Record<JobKind, JobHandler>>;
  /** Whether no other process can have the database open; so with an embedded file. */
  readonly isAlone?: boolean;
  /** Told of a failure that no job's row can tell, as when the database cannot be read. */
  readonly onError?: (error: unknown) => void;
}

/** Runs the jobs of all tenants, one at a time, oldest first. */
export interface JobRunner {
  /** Looks for work at once. */
  wake(): void;
  /** Gives the running job back, for the next process to begin it anew. */
  stop(): Promise<void>;
}

/** Starts to look for jobs and to run them. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { db, now, owner, onError = () => {} } = options;
  const worker = { owner, isAlone: options.isAlone ?? db.url.startsWith("file:") };
  const stopping = new AbortController();
  let wake = () => {};

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (await runNext()) continue;
      } catch (error) {
        onError(error);
      }
      await sleep();
    }
  }

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopping.signal.aborted) wake();
    });
  }

  /** Whether there was a job. */
  async function runNext(): Promise<boolean> {
    const due = await findDueJob(db.reader, worker, now());
    if (!due) return false;
    const { subject: job, write } = leasedJob(due, owner, now());
    try {
      await db.writer.commit(write);
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      // Another worker was quicker, or it was cancelled.
      return true;
    }
    if (job.state === "running") await run(job);
    return true;
  }

  async function run(job: Job): Promise<void> {
    const session = new JobSession(job, { db, now });
    const signal = AbortSignal.any([session.signal, stopping.signal]);
    try {
      const result = await options.handlers[job.kind]({
        job,
        signal,
        report: (progress) => session.report(progress),
        commit: (statements, progress) => session.commit(statements, progress),
      });
      signal.throwIfAborted();
      await session.finish({ state: "succeeded", progress: 1, result, finished_at: now() });
    } catch (error) {
      await ended(session, error).catch((last) => {
        if (!(last instanceof JobLostError)) throw last;
      });
    } finally {
      session.close();
    }
  }

  async function ended(session: JobSession, error: unknown): Promise<void> {
    if (session.signal.aborted || error instanceof JobLostError) return;
    if (stopping.signal.aborted) {
      await db.writer.commit(returnedJob(session.job, now()).write);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    await session.finish({ state: "failed", error: message, finished_at: now() });
  }

  const running = loop();
  return {
    wake: () => wake(),
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}
