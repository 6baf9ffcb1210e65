import { median } from "../numeric/mod.ts";
import { markedRows, type RowRange, runsOf } from "./ranges.ts";

/** Alerts that are at most this many rows apart are one episode. */
const EPISODE_GAP_MAX = 5;
/** Labels are widened by as many rows on each side before an episode is called false. */
const TOLERANCE = 5;

/** Alerts of one series as a person gets them: as episodes, against labelled ranges. */
export interface IncidentCounts {
  readonly rows: number;
  readonly episodes: number;
  /** Episodes at least half of whose rows lie in labelled ranges or within 5 rows of one. */
  readonly goodEpisodes: number;
  readonly ranges: number;
  /**
   * Rows from the start of each range that was found to the first alert of a good episode within
   * it.
   */
  readonly delays: readonly number[];
}

/** What a person on call lives with, pooled over series; NaN where there is nothing to divide by. */
export interface IncidentRates {
  /** Good episodes over episodes. */
  readonly precision: number;
  /** Ranges found over ranges. */
  readonly recall: number;
  /** Harmonic mean of the two; 0 when nothing was found. */
  readonly f1: number;
  readonly falseEpisodesPer10kRows: number;
  readonly medianDelayRows: number;
}

/**
 * Groups alerts into episodes and matches them with the labelled ranges. Alerting all the time earns
 * nothing: an episode is good only when at least half of it is right.
 */
export function countIncidents(
  alerts: ArrayLike<number>,
  ranges: readonly RowRange[],
): IncidentCounts {
  const episodes = episodesOf(alerts);
  const good = goodEpisodesOf(episodes, ranges, alerts.length);
  return {
    rows: alerts.length,
    episodes: episodes.length,
    goodEpisodes: good.length,
    ranges: ranges.length,
    delays: delaysOf(alerts, good, ranges),
  };
}

/** Episodes at least half of whose rows lie in the ranges or within 5 rows of one. */
export function goodEpisodesOf(
  episodes: readonly RowRange[],
  ranges: readonly RowRange[],
  rowCount: number,
): RowRange[] {
  const near = markedRows(rowCount, ranges.map(widened));
  return episodes.filter((episode) => 2 * marksWithin(near, episode) >= lengthOf(episode));
}

/** A range with the rows near it in which an alert is not false. */
export function widened([first, last]: RowRange): RowRange {
  return [first - TOLERANCE, last + TOLERANCE];
}

/** Rows from the start of each range that the episodes find to the first alert within it. */
export function delaysOf(
  alerts: ArrayLike<number>,
  episodes: readonly RowRange[],
  ranges: readonly RowRange[],
): number[] {
  const delays: number[] = [];
  for (const range of ranges) {
    const alert = firstAlertIn(alerts, episodes, range);
    if (alert !== undefined) delays.push(alert - range[0]);
  }
  return delays;
}

/** Rates of the episodes of any number of series, taken together. */
export function incidentRates(counts: readonly IncidentCounts[]): IncidentRates {
  const total = (part: "rows" | "episodes" | "goodEpisodes" | "ranges") =>
    counts.reduce((sum, one) => sum + one[part], 0);
  const delays = counts.flatMap((one) => one.delays);
  const precision = total("goodEpisodes") / total("episodes");
  const recall = delays.length / total("ranges");
  const falseEpisodes = total("episodes") - total("goodEpisodes");
  return {
    precision,
    recall,
    f1: delays.length === 0 ? 0 : 2 * precision * recall / (precision + recall),
    falseEpisodesPer10kRows: 10_000 * falseEpisodes / total("rows"),
    medianDelayRows: median(delays),
  };
}

/** Runs of alerts with small gaps between them; the gaps' rows belong to the episode. */
export function episodesOf(alerts: ArrayLike<number>): RowRange[] {
  const episodes: RowRange[] = [];
  for (const [first, last] of runsOf(alerts)) {
    const before = episodes[episodes.length - 1];
    if (before && first - before[1] - 1 <= EPISODE_GAP_MAX) {
      episodes[episodes.length - 1] = [before[0], last];
    } else episodes.push([first, last]);
  }
  return episodes;
}

function lengthOf([first, last]: RowRange): number {
  return last - first + 1;
}

function marksWithin(marks: Uint8Array, [first, last]: RowRange): number {
  let count = 0;
  for (let row = first; row <= last; row++) count += marks[row];
  return count;
}

function firstAlertIn(
  alerts: ArrayLike<number>,
  episodes: readonly RowRange[],
  [first, last]: RowRange,
): number | undefined {
  for (const episode of episodes) {
    const until = Math.min(last, episode[1]);
    for (let row = Math.max(first, episode[0]); row <= until; row++) {
      if (alerts[row] !== 0) return row;
    }
  }
  return undefined;
}
