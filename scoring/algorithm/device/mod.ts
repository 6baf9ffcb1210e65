/** Metrics of one device against what is expected of them. */
export { DEVICE_ALERT_LEVELS, DEVICE_COLUMNS_MAX, deviceResiduals } from "./device_residuals.ts";
