import { type Severity, severityOf } from "../../scoring/detect/mod.ts";
import type { JudgedScale } from "./scale.ts";

/** A column's part in an anomaly. */
export interface Contribution {
  readonly column: string;
  /** Part of the whole, 0 to 1. */
  readonly share: number;
  /** As the file has it where it is no finite number; null where it is missing. */
  readonly value: number | string | null;
  readonly expected: number | string | null;
}

/** A row that is anomalous, or a run of them in a series. */
export interface Anomaly {
  /** First of the run, counted from 0 without the header. */
  readonly row: number;
  /** Line of the file, counted from 1. */
  readonly line: number;
  readonly time: string | null;
  readonly lastRow: number;
  readonly lastTime: string | null;
  /** Of its worst row. */
  readonly peakRow: number;
  readonly peakTime: string | null;
  readonly score: number;
  readonly threshold: number;
  readonly severity: Severity;
  readonly contributions: readonly Contribution[];
}

/** A row that passed the threshold. */
export interface Flagged {
  readonly row: number;
  readonly line: number;
  readonly time: string | null;
  readonly score: number;
  /** Asked for only while the row counts among the worst. */
  explain(): readonly Contribution[];
}

/** Gathers what was flagged, and of all anomalies keeps the worst. */
export interface AnomalyLog {
  /** Flagged rows that follow one another are one anomaly, where `joins`. */
  flag(row: Flagged): void;
  /** The next row is not flagged. */
  endRun(): void;
  finish(): { readonly count: number; readonly rows: number; readonly worst: readonly Anomaly[] };
}

/** @param keep Anomalies that are kept, the worst ones. */
export function createAnomalyLog(scale: JudgedScale, keep: number, joins: boolean): AnomalyLog {
  const worst: Anomaly[] = [];
  let open: Anomaly | undefined;
  let count = 0;
  let rows = 0;
  const isAmongWorst = (score: number) => worst.length < keep || score > worst[keep - 1].score;
  const endRun = () => {
    if (!open) return;
    count++;
    if (isAmongWorst(open.score)) insert(worst, open, keep);
    open = undefined;
  };
  return {
    flag(flagged) {
      rows++;
      if (!joins) endRun();
      const { row, time, score } = flagged;
      const peak = () => ({
        peakRow: row,
        peakTime: time,
        score,
        severity: severityOf("smartbox", score, scale.threshold, scale.saturation) ?? "LOW",
        contributions: isAmongWorst(score) ? flagged.explain() : [],
      });
      open ??= {
        row,
        line: flagged.line,
        time,
        lastRow: row,
        lastTime: time,
        threshold: scale.threshold,
        ...peak(),
      };
      const isPeak = score > open.score;
      open = { ...open, lastRow: row, lastTime: time, ...(isPeak ? peak() : {}) };
    },
    endRun,
    finish() {
      endRun();
      return { count, rows, worst };
    },
  };
}

/** Into a list whose worst is the first; of two that are alike the earlier goes first. */
function insert(worst: Anomaly[], anomaly: Anomaly, keep: number): void {
  const place = worst.findIndex(({ score }) => score < anomaly.score);
  worst.splice(place === -1 ? worst.length : place, 0, anomaly);
  if (worst.length > keep) worst.pop();
}
