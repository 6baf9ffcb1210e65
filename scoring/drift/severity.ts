/** From this severity on a drift is major. */
export const MAJOR_DRIFT_SEVERITY = 7;

/** Steps of severity in a whole unit of distance. */
const STEPS = 20;
const SEVERITY_MAX = 10;

/**
 * How bad a drift of this distance is, 1 to 10: one more for each 0.05. Values that lie higher by d of
 * their standard deviations are 0.10, 0.20, 0.38 and 0.68 away for d = 0.25, 0.5, 1 and 2, so a
 * shift of one standard deviation is major and one of a half is not.
 */
export function driftSeverity(distance: number): number {
  return Math.max(1, Math.min(SEVERITY_MAX, Math.floor(distance * STEPS)));
}
