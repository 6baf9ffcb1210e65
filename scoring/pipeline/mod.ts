export * from "./device.ts";
export * from "./effects.ts";
export type { Assigned, JudgedBucket } from "./runner.ts";
