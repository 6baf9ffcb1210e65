/** What of an edge's points goes to the gateway, and sketches in place of the rest. */
export {
  AROUND_ANOMALY_MS,
  type DeviceTime,
  Forwarding,
  FORWARDING_POLICIES,
  type ForwardingPolicy,
} from "./forwarding.ts";
export { type PeriodWindow, windowAt } from "./period_window.ts";
