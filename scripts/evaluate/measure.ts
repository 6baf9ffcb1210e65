import {
  alertRates,
  averagePrecision,
  bestNabScore,
  countAlerts,
  countIncidents,
  incidentRates,
  markedRows,
  NAB_PROFILES,
  nabScore,
  rocAuc,
  type RowRange,
  vusPr,
} from "../../scoring/evaluate/mod.ts";
import type { CollectionKind } from "./collection.ts";
import type { SeriesLabels } from "./labels.ts";
import type { Scored } from "./subject.ts";

/** A series that was scored and has labels. */
export interface LabelledSeries {
  readonly scored: Scored;
  /** Of the rows that were scored, numbered from the first of them. */
  readonly ranges: readonly RowRange[];
}

/** Figures by measure; those that are not defined for a collection are left out. */
export type Figures = Readonly<Partial<Record<Measure, number>>>;

/** All measures, in the order in which they are told. */
export const MEASURES = [
  "nab_standard_best",
  "nab_low_fp_best",
  "nab_low_fn_best",
  "nab_standard_own",
  "nab_low_fp_own",
  "nab_low_fn_own",
  "ap",
  "auc",
  "vus_pr",
  "f1",
  "far",
  "mar",
  "incident_precision",
  "incident_recall",
  "incident_f1",
  "false_episodes_per_10k",
  "median_delay_rows",
] as const;
export type Measure = typeof MEASURES[number];

/** The labels of the rows that were scored, which may begin after training rows of the same file. */
export function rangesOf(
  { ranges }: SeriesLabels,
  kind: CollectionKind,
  scoredFrom: number,
): readonly RowRange[] | undefined {
  if (kind !== "prefix") return ranges;
  return ranges?.filter(([, last]) => last >= scoredFrom)
    .map(([first, last]) => [Math.max(0, first - scoredFrom), last - scoredFrom]);
}

/** All that can be said of a collection whose series are labelled. */
export function measure(kind: CollectionKind, series: readonly LabelledSeries[]): Figures {
  const figures: Record<string, number> = {
    ...rankFigures(kind, series),
    ...rowFigures(series),
    ...(kind === "tabular" ? {} : incidentFigures(series)),
    ...(kind === "stream" ? nabFigures(series) : {}),
  };
  return Object.fromEntries(
    MEASURES.filter((name) => Number.isFinite(figures[name])).map((name) => [name, figures[name]]),
  );
}

/** Means over the series in which each is defined. */
function rankFigures(kind: CollectionKind, series: readonly LabelledSeries[]) {
  const labels = series.map(({ scored, ranges }) => markedRows(scored.scores.length, ranges));
  const meanOf = (figure: (one: LabelledSeries, labels: Uint8Array) => number) => {
    const all = series.map((one, index) => figure(one, labels[index])).filter(Number.isFinite);
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  return {
    ap: meanOf(({ scored }, labels) => averagePrecision(scored.scores, labels)),
    auc: meanOf(({ scored }, labels) => rocAuc(scored.scores, labels)),
    vus_pr: kind === "tabular" ? NaN : meanOf(({ scored, ranges }) => vusPr(scored.scores, ranges)),
  };
}

function rowFigures(series: readonly LabelledSeries[]) {
  return alertRates(
    series.map(({ scored, ranges }) =>
      countAlerts(scored.alerts, markedRows(scored.alerts.length, ranges))
    ),
  );
}

function incidentFigures(series: readonly LabelledSeries[]) {
  const rates = incidentRates(
    series.map(({ scored, ranges }) => countIncidents(scored.alerts, ranges)),
  );
  return {
    incident_precision: rates.precision,
    incident_recall: rates.recall,
    incident_f1: rates.f1,
    false_episodes_per_10k: rates.falseEpisodesPer10kRows,
    median_delay_rows: rates.medianDelayRows,
  };
}

function nabFigures(series: readonly LabelledSeries[]): Record<string, number> {
  const byScore = series.map(({ scored, ranges }) => ({ scores: scored.scores, windows: ranges }));
  const byAlert = series.map(({ scored, ranges }) => ({ scores: scored.alerts, windows: ranges }));
  return Object.fromEntries(
    Object.entries(NAB_PROFILES).flatMap(([name, profile]) => [
      [`nab_${name}_best`, bestNabScore(byScore, profile).score],
      [`nab_${name}_own`, nabScore(byAlert, profile, 1)],
    ]),
  );
}
