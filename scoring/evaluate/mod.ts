/** How good scores and alerts are against labels: pure functions, one measure a file. */
export { averagePrecision } from "./average_precision.ts";
export { type AlertCounts, type AlertRates, alertRates, countAlerts } from "./alert_rates.ts";
export {
  countIncidents,
  episodesOf,
  type IncidentCounts,
  type IncidentRates,
  incidentRates,
} from "./incident_score.ts";
export {
  countIncidentsByKind,
  type KindCounts,
  type KindRange,
  type KindRates,
  kindRates,
} from "./kind_score.ts";
export {
  bestNabScore,
  NAB_PROFILES,
  type NabBest,
  type NabProfile,
  nabScore,
  type NabSeries,
  probationRows,
} from "./nab.ts";
export { markedRows, type RowRange, runsOf } from "./ranges.ts";
export { rocAuc } from "./roc_auc.ts";
export { vusPr } from "./vus_pr.ts";
