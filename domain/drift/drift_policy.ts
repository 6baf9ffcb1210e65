import {
  DEFAULT_DRIFT_POLICY,
  DRIFT_PRESETS,
  type DriftPolicy,
  WINDOW_BUCKETS_MIN,
} from "../../scoring/drift/mod.ts";
import { InvalidInputError } from "../errors.ts";
import { checkedChoice, checkedInteger, checkedNumber } from "../input.ts";

export const DRIFT_REACTIONS = ["NONE", "REFIT"] as const;
/** What follows from a drift besides the telling: nothing, or a fit to the newest month. */
export type DriftReaction = typeof DRIFT_REACTIONS[number];

/** What counts as drift for a detector, and what follows from it. */
export interface DetectorDriftPolicy extends DriftPolicy {
  readonly onDrift: DriftReaction;
}

/** What is given of a policy; the rest stays, or is the preset's. */
export interface DriftPolicyInput {
  /** A name in `DRIFT_PRESETS`. */
  readonly preset?: string | null;
  readonly distanceMin?: number | null;
  readonly windowBuckets?: number | null;
  readonly onDrift?: string | null;
}

/** A month at five-minute buckets: longer windows find nothing in time. */
const WINDOW_BUCKETS_MAX = 8_640;
const DISTANCE_MIN = 0.01;
const DISTANCE_MAX = 0.9;
const HOUR_MS = 3_600_000;
/** Fits cost minutes of one core for a fleet: several an hour would do nothing else. */
const REFIT_MS_MIN = HOUR_MS;
const REFIT_MS_MAX = 365 * 24 * HOUR_MS;

/** The policy given, the rest by preset or as it was. */
export function checkedDriftPolicy(
  given: DriftPolicyInput | null | undefined,
  base: DetectorDriftPolicy = { ...DEFAULT_DRIFT_POLICY, onDrift: "NONE" },
): DetectorDriftPolicy {
  if (!given) return base;
  const { preset } = given;
  const start: DriftPolicy = preset
    ? DRIFT_PRESETS[checkedChoice("driftPolicy.preset", preset, Object.keys(DRIFT_PRESETS))]
    : base;
  const distanceMin = checkedNumber(
    "driftPolicy.distance",
    given.distanceMin ?? start.distanceMin,
    DISTANCE_MIN,
    DISTANCE_MAX,
  );
  const onDrift = checkedChoice(
    "driftPolicy.onDrift",
    given.onDrift ?? base.onDrift,
    DRIFT_REACTIONS,
  );
  const windowBuckets = given.windowBuckets ?? start.windowBuckets;
  if (windowBuckets === undefined) return { distanceMin, onDrift };
  return { distanceMin, windowBuckets: checkedWindow(windowBuckets), onDrift };
}

function checkedWindow(buckets: number): number {
  const field = "driftPolicy.windowBuckets";
  return checkedInteger(field, buckets, WINDOW_BUCKETS_MIN, WINDOW_BUCKETS_MAX);
}

/** From an hour to a year, ms; null for 0 and for nothing. */
export function checkedRefitEvery(ms: number | null | undefined): number | null {
  if (!ms) return null;
  if (ms >= REFIT_MS_MIN && ms <= REFIT_MS_MAX) return ms;
  throw new InvalidInputError(
    "refitEvery",
    `Cannot take refitEvery as it must be from PT1H to P365D, or PT0S for never: it is ${ms} ms`,
    ms < REFIT_MS_MIN ? REFIT_MS_MIN : REFIT_MS_MAX,
  );
}
