export * from "./device.ts";
export * from "./effects.ts";
export type { Assigned } from "./runner.ts";
