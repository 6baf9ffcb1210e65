import type { Contribution } from "../detect/judge/verdict.ts";
import type { AnomalyKind, PatternMetric } from "./incident.ts";

/** A pattern names no more metrics than this: a longer list is no longer the same twice. */
const PATTERN_METRICS_MAX = 3;

/** Transforms that are the value less what was expected of it. */
const RESIDUALS: ReadonlySet<string> = new Set(["residual", "seasonalResidual"]);

/** Transforms that say how far a metric is from what is known, but not to which side. */
const WITHOUT_SIDE: ReadonlySet<string> = new Set([
  "rollingStd",
  "levelNovelty",
  "spreadNovelty",
  "seasonalNovelty",
]);

/** Transforms in the metric's own units, the best evidence first. */
const LEVELS = ["value", "rollingMean"];

/** Words in a metric's category, in the order in which they are looked for. */
const KIND_WORDS: readonly (readonly [AnomalyKind, RegExp])[] = [
  ["PERFORMANCE", /perf|latenc|respon|durat|speed|slow|queue|wait/],
  ["TRAFFIC", /traffic|network|request|throughput|bandwidth|demand|connection|packet/],
  ["RESOURCE", /resource|cpu|load|memory|disk|storage|battery|power|capacity|temperature|hardware/],
];

/** The kind of an anomaly whose leading metric has this category; SYSTEM where no word is known. */
export function kindOf(category: string): AnomalyKind {
  const words = category.toLowerCase();
  return KIND_WORDS.find(([, word]) => word.test(words))?.[0] ?? "SYSTEM";
}

/** A metric's part in a verdict. */
interface MetricShare {
  readonly metric: string;
  /** Σ of its contributions' shares, 0 to 1. */
  readonly share: number;
  /** Its contributions, largest first. */
  readonly contributions: readonly Contribution[];
}

/**
 * The smallest set of metrics that carries at least half of the positive contribution, at most three,
 * the leading one first. Calendar features belong to no metric and count for none.
 *
 * @param contributions Of one verdict, largest first.
 */
export function patternOf(contributions: readonly Contribution[]): PatternMetric[] {
  const shares = metricShares(contributions);
  const half = shares.reduce((sum, { share }) => sum + share, 0) / 2;
  const pattern: PatternMetric[] = [];
  let carried = 0;
  for (const { metric, share, contributions } of shares) {
    pattern.push({ metric, direction: directionOf(contributions) });
    carried += share;
    if (carried >= half || pattern.length === PATTERN_METRICS_MAX) break;
  }
  return pattern;
}

/** What a metric was and what it should have been. */
export interface Evidence {
  readonly value: number;
  readonly expected: number;
}

/**
 * Value seen and value expected of a metric. Where the plan has the metric's value, the expected one
 * is what its strongest residual was taken from, else the training median; a plan without the value
 * answers by its rolling mean, else in the units of its strongest feature.
 *
 * @param contributions Of one verdict, largest first.
 */
export function evidenceOf(contributions: readonly Contribution[], metric: string): Evidence {
  const own = contributions.filter((contribution) => contribution.metric === metric);
  const seen = LEVELS.map((level) => own.find((one) => transformOf(one) === level))
    .find((one) => one !== undefined) ?? own[0];
  if (!seen || transformOf(seen) !== "value") {
    return { value: seen?.value ?? 0, expected: seen?.expected ?? 0 };
  }
  const residual = own.find((contribution) =>
    contribution.share > 0 && RESIDUALS.has(transformOf(contribution))
  );
  return {
    value: seen.value,
    expected: residual ? seen.value - residual.value : seen.expected,
  };
}

/** Metrics by their positive contribution, largest first, ties by name. */
function metricShares(contributions: readonly Contribution[]): MetricShare[] {
  const byMetric = new Map<string, Contribution[]>();
  for (const contribution of contributions) {
    if (contribution.metric === "") continue;
    const own = byMetric.get(contribution.metric);
    if (own) own.push(contribution);
    else byMetric.set(contribution.metric, [contribution]);
  }
  const shares = [...byMetric].map(([metric, own]) => ({
    metric,
    share: own.reduce((sum, { share }) => sum + share, 0),
    contributions: own,
  }));
  return shares.sort((left, right) =>
    right.share - left.share || (left.metric < right.metric ? -1 : 1)
  );
}

/** Side of the strongest feature that has one; the others speak only when they are alone. */
function directionOf(own: readonly Contribution[]): "HIGH" | "LOW" {
  const leading = own.find((contribution) => !WITHOUT_SIDE.has(transformOf(contribution))) ??
    own[0];
  return leading.value < leading.expected ? "LOW" : "HIGH";
}

/** `cpu.load.rollingStd(12)` of the metric `cpu.load` → `rollingStd`. */
function transformOf({ feature, metric }: Contribution): string {
  return feature.slice(metric.length + 1).split("(", 1)[0];
}
