import { quantile } from "simple-statistics";
import { tableText } from "../kit/mod.ts";
import { type LabelledWindow, touches } from "./windows.ts";

/** An incident that was confirmed, as the gateway tells it at the end. */
export interface DemoIncident {
  readonly device: string;
  /** Start of the first and of the last anomalous bucket, ms. */
  readonly openedAt: number;
  readonly lastAt: number;
  readonly bucketMs: number;
  readonly state: string;
  readonly severity: string;
  readonly peakScore: number;
  readonly topMetric: string;
  /** Feature with the largest share at the peak, with that share. */
  readonly contribution: string;
}

export interface JudgedIncident extends DemoIncident {
  /** [first bucket, last bucket] touches one of the device's labelled windows. */
  readonly inWindow: boolean;
}

/** How incidents and labelled windows meet. */
export interface DemoVerdict {
  readonly incidents: readonly JudgedIncident[];
  readonly windows: { readonly total: number; readonly found: number };
  readonly incidentsOutside: number;
}

/** Holds incidents against the labelled windows: what was found, missed and reported outside. */
export function judgeIncidents(
  incidents: readonly DemoIncident[],
  windows: readonly LabelledWindow[],
): DemoVerdict {
  const judged = incidents.map((incident) => ({
    ...incident,
    inWindow: windows.some((window) => meets(incident, window)),
  }));
  return {
    incidents: judged,
    windows: {
      total: windows.length,
      found: windows.filter((window) => incidents.some((one) => meets(one, window))).length,
    },
    incidentsOutside: judged.filter((incident) => !incident.inWindow).length,
  };
}

function meets(incident: DemoIncident, window: LabelledWindow): boolean {
  // The last bucket ends where the next begins; event times are whole milliseconds.
  const until = incident.lastAt + incident.bucketMs - 1;
  return incident.device === window.device && touches(window, incident.openedAt, until);
}

/** The table that the demo ends with, and the count below it. */
export function verdictText({ incidents, windows, incidentsOutside }: DemoVerdict): string {
  const head = ["device", "opened", "lasted", "peak", "severity", "main contribution", "window"];
  const rows = incidents.map((incident) => [
    incident.device,
    minuteText(incident.openedAt),
    durationText(incident.lastAt + incident.bucketMs - incident.openedAt),
    incident.peakScore.toFixed(3),
    incident.severity,
    incident.contribution,
    incident.inWindow ? "yes" : "-",
  ]);
  const missed = windows.total - windows.found;
  return [
    tableText(head, rows),
    "",
    `Labelled windows: ${windows.found} of ${windows.total} found, ${missed} missed; ` +
    `${incidentsOutside} of ${incidents.length} incidents outside any window`,
  ].join("\n");
}

/** "2014-02-19 10:50" in UTC. */
export function minuteText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** "2 d 3 h", "1 h 25 min", "5 min". */
export function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor(minutes / 60) % 24, "h"],
    [minutes % 60, "min"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ") || "0 min";
}

/** Percentiles in the unit of the values; `null` where there are none. */
export function percentiles(values: readonly number[]): { p50: number | null; p99: number | null } {
  if (values.length === 0) return { p50: null, p99: null };
  const [p50, p99] = quantile([...values], [0.5, 0.99]);
  return { p50: rounded(p50), p99: rounded(p99) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
