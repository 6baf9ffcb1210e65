/** What of an edge's points goes to the gateway, and sketches in place of the rest. */
export { AROUND_ANOMALY_MS, type DeviceRules, Forwarding } from "./forwarding.ts";
export { type PeriodWindow, windowAt } from "./period_window.ts";
