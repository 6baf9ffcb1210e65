import { median } from "../numeric/mod.ts";
import { delaysOf, episodesOf, goodEpisodesOf, widened } from "./incident_score.ts";
import type { RowRange } from "./ranges.ts";

/** A labelled range of which is known what was wrong. */
export interface KindRange {
  readonly kind: string;
  readonly range: RowRange;
}

/** What alerts of one series say of one kind of anomaly. */
export interface KindCounts {
  readonly kind: string;
  readonly ranges: number;
  /** Good episodes of which a range of the kind is the first that they meet. */
  readonly goodEpisodes: number;
  /** The kind's part of the false episodes: as large as its part of the ranges. */
  readonly falseEpisodes: number;
  /** As of `IncidentCounts`. */
  readonly delays: readonly number[];
}

/** `IncidentRates` of one kind. */
export interface KindRates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly medianDelayRows: number;
}

/**
 * `countIncidents` by kind. A false episode belongs to no kind; each bears its part of them, so that
 * all kinds together are what `countIncidents` says.
 *
 * @returns In the order in which the kinds first appear.
 */
export function countIncidentsByKind(
  alerts: ArrayLike<number>,
  ranges: readonly KindRange[],
): KindCounts[] {
  const episodes = episodesOf(alerts);
  const good = goodEpisodesOf(episodes, ranges.map(({ range }) => range), alerts.length);
  const kindsMet = good.map((episode) => kindMetBy(episode, ranges));
  const falsePerRange = (episodes.length - good.length) / ranges.length;
  return [...new Set(ranges.map(({ kind }) => kind))].map((kind) => {
    const own = ranges.filter((one) => one.kind === kind).map(({ range }) => range);
    return {
      kind,
      ranges: own.length,
      goodEpisodes: kindsMet.filter((met) => met === kind).length,
      falseEpisodes: falsePerRange * own.length,
      delays: delaysOf(alerts, good, own),
    };
  });
}

/** Rates of the counts of one kind, of any number of series; NaN where there is nothing to divide by. */
export function kindRates(counts: readonly KindCounts[]): KindRates {
  const total = (part: "ranges" | "goodEpisodes" | "falseEpisodes") =>
    counts.reduce((sum, one) => sum + one[part], 0);
  const delays = counts.flatMap((one) => one.delays);
  const good = total("goodEpisodes");
  const precision = good / (good + total("falseEpisodes"));
  const recall = delays.length / total("ranges");
  return {
    precision,
    recall,
    f1: delays.length === 0 ? 0 : 2 * precision * recall / (precision + recall),
    medianDelayRows: median(delays),
  };
}

function kindMetBy([first, last]: RowRange, ranges: readonly KindRange[]): string | undefined {
  const met = ranges.map(({ kind, range }) => ({ kind, range: widened(range) }))
    .filter(({ range }) => range[0] <= last && range[1] >= first);
  return met.sort((left, right) => left.range[0] - right.range[0])[0]?.kind;
}
