import { createBaselineHandler, createFitHandler, type FitDeps } from "./fit.ts";
import { createDriftHandler } from "./drift.ts";
import { createJobRunner, type JobRunner, type JobRunnerOptions } from "./runner.ts";

export { JobLostError, type JobProgress } from "./job_session.ts";
export {
  createJobRunner,
  type JobContext,
  type JobHandler,
  type JobRunner,
  type JobRunnerOptions,
} from "./runner.ts";
export { createBaselineHandler, createDriftHandler, createFitHandler, type FitDeps };

/** Runs all kinds of jobs. */
export function startJobs(
  options: FitDeps & Omit<JobRunnerOptions, "handlers">,
): JobRunner {
  const handlers = {
    fit: createFitHandler(options),
    baseline: createBaselineHandler(options),
    drift: createDriftHandler(options),
  };
  return createJobRunner({ ...options, handlers });
}
