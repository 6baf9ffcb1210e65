/** Who may do what, and how much of it: tenants, keys, roles, quotas. */
export * from "./api_keys.ts";
export {
  DETECTORS_MAX,
  DEVICES_MAX,
  LABELS_MAX,
  METRICS_MAX,
  UNFINISHED_JOBS_MAX,
} from "./quota.ts";
export { type Principal, type Role, ROLES } from "./role.ts";
export * from "./tenants.ts";
