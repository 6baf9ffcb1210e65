import { runAlgorithm } from "./run_rule.ts";

/**
 * A sensor that is stuck: rows for which a column has had the very same value. A missing value ends
 * a run.
 */
export const flatline = runAlgorithm({
  name: "flatline",
  source:
    "I. Zahumenský: Guidelines on Quality Control Procedures for Data from Automatic Weather Stations, WMO 2004",
  rows: 10,
  help: "rows with one value from which it alerts",
  goesOn: (value, before) => value === before,
  first: 1,
});
