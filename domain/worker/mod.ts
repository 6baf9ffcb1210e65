export { openReadWorker, type ReadWorker, ReadWorkerError } from "./read_worker.ts";
export type { FitDeviceParams, FitDeviceResult, FittedModel } from "./fit_device.ts";
