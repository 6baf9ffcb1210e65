export { openReadWorker, type ReadWorker, ReadWorkerError } from "./read_worker.ts";
export type { FindDriftParams, FindDriftResult } from "./find_drift.ts";
export type { FitOutcome, FittedModel } from "./fit_detector.ts";
export type { FitDeviceParams, FitDeviceResult } from "./fit_device.ts";
export { type FitPoolParams, type FitPoolResult, POOL_DEVICES_MAX } from "./fit_pool.ts";
