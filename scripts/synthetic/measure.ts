import {
  countIncidentsByKind,
  type KindRange,
  type KindRates,
  kindRates,
  markedRows,
  rocAuc,
} from "../../scoring/evaluate/mod.ts";
import { SYNTHETIC_BUCKET_MS } from "../../scoring/synthetic/mod.ts";
import { type Figures, measure } from "../evaluate/measure.ts";
import type { Scored } from "../evaluate/subject.ts";

/** A device that was scored, with its labels as rows from the first that was. */
export interface ScoredDevice {
  readonly scored: Scored;
  readonly ranges: readonly KindRange[];
}

/** How well one kind of anomaly is found. */
export interface KindFigures extends Omit<KindRates, "medianDelayRows"> {
  readonly injections: number;
  /** Mean over the devices of the area that its rows and the calm ones give. */
  readonly auc: number;
  readonly median_delay_minutes: number;
}

/** How well a fleet's anomalies are found. */
export interface FleetFigures {
  /** The figures of `deno task evaluate`. */
  readonly all: Figures;
  readonly kinds: Readonly<Record<string, KindFigures>>;
}

export function measureFleet(devices: readonly ScoredDevice[]): FleetFigures {
  const labelled = devices.map(({ scored, ranges }) => ({
    scored,
    ranges: ranges.map(({ range }) => range),
  }));
  const kinds = [...new Set(devices.flatMap(({ ranges }) => ranges.map(({ kind }) => kind)))];
  return {
    all: measure("prefix", labelled),
    kinds: Object.fromEntries(kinds.sort().map((kind) => [kind, figuresOf(kind, devices)])),
  };
}

function figuresOf(kind: string, devices: readonly ScoredDevice[]): KindFigures {
  const counts = devices.flatMap(({ scored, ranges }) =>
    countIncidentsByKind(scored.alerts, ranges).filter((one) => one.kind === kind)
  );
  const { medianDelayRows, ...rates } = kindRates(counts);
  const areas = devices.map((device) => aucOf(kind, device)).filter(Number.isFinite);
  return {
    ...rates,
    injections: counts.reduce((sum, { ranges }) => sum + ranges, 0),
    auc: areas.reduce((sum, area) => sum + area, 0) / areas.length,
    median_delay_minutes: medianDelayRows * SYNTHETIC_BUCKET_MS / 60_000,
  };
}

/** Rows of other kinds take no part. */
function aucOf(kind: string, { scored: { scores }, ranges }: ScoredDevice): number {
  const marksOf = (isWanted: (range: KindRange) => boolean) =>
    markedRows(scores.length, ranges.filter(isWanted).map(({ range }) => range));
  const own = marksOf((range) => range.kind === kind);
  const others = marksOf((range) => range.kind !== kind);
  const rows = Array.from(scores, (_, row) => row).filter((row) => others[row] === 0);
  return rocAuc(rows.map((row) => scores[row]), rows.map((row) => own[row]));
}
