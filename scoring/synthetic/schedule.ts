import type { Random } from "../numeric/mod.ts";
import type { Injection } from "./disturbance.ts";
import { between, shuffle, wholeBetween } from "./draw.ts";
import { INJECTION_SIZES, type InjectionKind } from "./injection_kinds.ts";
import { SYNTHETIC_METRICS } from "./metrics.ts";

/** Ground truth: what is wrong with a device, where and when. */
export interface SyntheticLabel {
  readonly device: string;
  readonly kind: InjectionKind;
  /** Names of the metrics that show it. */
  readonly metrics: readonly string[];
  /** Event time of the first row, ms. */
  readonly from: number;
  /** Event time of the row behind the last. */
  readonly until: number;
}

/** At most so many metrics show an injection; a pattern break shows in all that follow the load. */
const METRICS_MAX = 3;
/** Half a day at least lies between two injections. */
const CALM_ROWS = 144;
/** Every kind comes once in so many rows, twenty days. */
const ROUND_ROWS = 5_760;
/** Kinds that go one way. */
const UPWARDS: readonly InjectionKind[] = ["spike", "variance", "pattern_break", "flatline"];

const LONGEST_ROWS = Math.max(...Object.values(INJECTION_SIZES).map(({ rows }) => rows[1]));

/** Rows that a device needs for one injection. */
export const INJECTION_ROWS_MIN = LONGEST_ROWS + CALM_ROWS + 1;

/**
 * Draws a device's injections: the rows are cut into equal parts, each gets one kind, and in every
 * twenty days each kind comes once, in a new order.
 *
 * @returns In order of time.
 */
export function drawInjections(
  random: Random,
  kinds: readonly InjectionKind[],
  firstRow: number,
  rowCount: number,
): Injection[] {
  const rounds = Math.max(1, Math.floor((rowCount - firstRow) / ROUND_ROWS));
  const partRows = Math.floor((rowCount - firstRow) / (rounds * kinds.length));
  const order = Array.from({ length: rounds }, () => shuffle(random, [...kinds])).flat();
  return order.map((kind, part) =>
    drawInjection(random, kind, firstRow + part * partRows, partRows)
  );
}

function drawInjection(
  random: Random,
  kind: InjectionKind,
  partFrom: number,
  partRows: number,
): Injection {
  const rows = wholeBetween(random, INJECTION_SIZES[kind].rows);
  const size = between(random, INJECTION_SIZES[kind].size);
  const isDown = kind === "drop" || (!UPWARDS.includes(kind) && random.below(2) === 0);
  return {
    kind,
    metrics: drawMetrics(random, kind),
    firstRow: partFrom + random.below(partRows - rows - CALM_ROWS),
    rows,
    size: isDown ? -size : size,
  };
}

function drawMetrics(random: Random, kind: InjectionKind): number[] {
  const all = SYNTHETIC_METRICS.map((_, index) => index);
  if (kind === "pattern_break") {
    return all.filter((index) => SYNTHETIC_METRICS[index].loadGain[1] > 0);
  }
  return shuffle(random, all).slice(0, 1 + random.below(METRICS_MAX))
    .sort((left, right) => left - right);
}
