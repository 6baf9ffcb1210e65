/** Metrics of one device against what is expected of them. */
export { findDayRows } from "./series/mod.ts";
export { DEVICE_ALERT_LEVELS, DEVICE_COLUMNS_MAX, deviceResiduals } from "./device_residuals.ts";
