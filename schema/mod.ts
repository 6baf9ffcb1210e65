/** GraphQL: the types with their queries, mutations and subscriptions, over domain. */
import { lexicographicSortSchema, printSchema as print } from "graphql";
import { builder } from "./builder.ts";
import "./scalars.ts";
import "./failure.ts";
import "./tenant.ts";
import "./device.ts";
import "./metric.ts";
import "./series.ts";
import "./detector.ts";
import "./model.ts";
import "./baseline.ts";
import "./anomaly.ts";
import "./incident.ts";
import "./job.ts";
import "./api_key.ts";
import "./event_cursor.ts";
import "./anomaly_detected.ts";
import "./incident_changed.ts";
import "./job_progressed.ts";

export type { Context, CursorCodec, StreamPosition } from "./context.ts";
export { CursorError, type CursorErrorCode } from "./cursor_error.ts";
export { LimitError } from "./limits.ts";
export { type StreamClosedCode, StreamClosedError } from "./stream.ts";

/** The executable schema. */
export const schema = builder.toSchema();

/** The schema's text, sorted, as `schema.graphql` beside this file keeps it. */
export function printSchema(): string {
  return `${print(lexicographicSortSchema(schema))}\n`;
}
