/** Work that waits for a worker: what is due, who has taken it, how it ends. */
export * from "./job_leases.ts";
export { DRIFT_CHECK_MS, enqueueDueJobs } from "./job_schedule.ts";
export * from "./jobs.ts";
