/** InfluxDB's line protocol, as versions 1 and 2 of its interface take it. */
export { instantMs, parsePrecision, type Precision } from "./precision.ts";
export { type LinesOptions, readLines } from "./write_lines.ts";
export { influxErrorHeader, influxProblem, type InfluxVersion } from "./problem_response.ts";
