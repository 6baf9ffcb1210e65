import { type FeaturePlan, lookbackBuckets } from "../../features/mod.ts";

/**
 * Buckets of one device that one request may close, about a second of work. Points far apart close
 * many: up to the plan's look-back for each.
 */
const BUCKETS_PER_REQUEST_MAX = 200_000;

/**
 * Earliest event time that may be folded together with the newest of these within the budget; −Infinity
 * when all of them may. The newest count first, so that one absurd old instant does not cost the rest.
 */
export function featureBudget(instants: readonly number[], plan: FeaturePlan): number {
  let [oldest, newest] = [Infinity, -Infinity];
  for (const at of instants) {
    if (at < oldest) oldest = at;
    if (at > newest) newest = at;
  }
  if (newest - oldest <= BUCKETS_PER_REQUEST_MAX * plan.bucketMs) return -Infinity;
  return walkBack(instants.toSorted((a, b) => b - a), plan);
}

function walkBack(newestFirst: readonly number[], plan: FeaturePlan): number {
  const gapMax = lookbackBuckets(plan);
  let buckets = 0;
  for (let i = 1; i < newestFirst.length; i++) {
    const gap = (newestFirst[i - 1] - newestFirst[i]) / plan.bucketMs;
    buckets += Math.min(gap, gapMax);
    if (buckets > BUCKETS_PER_REQUEST_MAX) return newestFirst[i - 1];
  }
  return -Infinity;
}
