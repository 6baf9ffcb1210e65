/** Why one item of a request was not taken; the others were. */
export type RefusalCode =
  | "LINE_INVALID"
  | "POINT_INVALID"
  | "DEVICE_INVALID"
  | "DEVICE_UNKNOWN"
  | "METRIC_INVALID"
  | "METRIC_UNKNOWN"
  | "TIMESTAMP_INVALID"
  | "TIMESTAMP_TOO_OLD"
  | "FUTURE_TIMESTAMP"
  | "DUPLICATE_TIMESTAMP"
  | "SPAN_TOO_LONG"
  | "VALUE_INVALID"
  | "VALUE_NOT_FINITE"
  | "VALUE_OUT_OF_RANGE"
  | "LABELS_INVALID"
  | "QUOTA_EXCEEDED"
  | "VECTOR_INVALID";

export interface Refusal {
  /** Position of the item in the request, from 0. */
  readonly index: number;
  /** The item's field, or empty when it is the whole item. */
  readonly field: string;
  readonly code: RefusalCode;
  readonly message: string;
}
