/** What of an edge's points goes to the gateway, and sketches in place of the rest. */
export type { DeviceRules } from "./device_rules.ts";
export { AROUND_ANOMALY_MS, Forwarding } from "./forwarding.ts";
export { type PeriodWindow, windowAt } from "./period_window.ts";
