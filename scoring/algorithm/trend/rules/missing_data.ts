import { runAlgorithm } from "./run_rule.ts";

/** A series that has fallen silent: rows for which a column has had no value. */
export const missingData = runAlgorithm({
  name: "missing_data",
  source:
    "I. Zahumenský: Guidelines on Quality Control Procedures for Data from Automatic Weather Stations, WMO 2004",
  rows: 5,
  help: "rows without a value from which it alerts",
  goesOn: (value) => Number.isNaN(value),
  first: 0,
});
