/** Points as a table. */
export { CSV_COLUMNS_MAX, type CsvOptions, parseCsvPoints } from "./csv_points.ts";
