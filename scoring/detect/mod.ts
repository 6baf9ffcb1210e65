/** Models of detection: fitted, calibrated, and asked for verdicts. */
export * from "./baseline.ts";
export * from "./calibration.ts";
export * from "./device_alarm.ts";
export * from "./fit/mod.ts";
export * from "./judge/mod.ts";
export * from "./model.ts";
export * from "./setting.ts";
