/** GraphQL: the types with their queries, mutations and subscriptions, over domain. */
import { lexicographicSortSchema, printSchema as print } from "graphql";
import { builder } from "./core/builder.ts";
import "./core/scalars.ts";
import "./core/failure.ts";
import "./tenant.ts";
import "./device.ts";
import "./mapping_rules.ts";
import "./metric.ts";
import "./quarantined_series.ts";
import "./contract.ts";
import "./series.ts";
import "./algorithm.ts";
import "./preset.ts";
import "./detector.ts";
import "./model.ts";
import "./watch.ts";
import "./baseline.ts";
import "./anomaly.ts";
import "./incident.ts";
import "./job.ts";
import "./api_key.ts";
import "./recorded_change.ts";
import "./label.ts";
import "./drift_report.ts";
import "./edge.ts";
import "./event_cursor.ts";
import "./anomaly_detected.ts";
import "./drift_found.ts";
import "./edge_changed.ts";
import "./incident_changed.ts";
import "./job_progressed.ts";

export type { Context, CursorCodec, StreamPosition } from "./core/context.ts";
export { CursorError, type CursorErrorCode } from "./core/cursor_error.ts";
export { LimitError } from "./core/limits.ts";
export { type StreamClosedCode, StreamClosedError } from "./core/stream.ts";

/** The executable schema. */
export const schema = builder.toSchema();

/** The schema's text, sorted, as `schema.graphql` beside this file keeps it. */
export function printSchema(): string {
  return `${print(lexicographicSortSchema(schema))}\n`;
}
