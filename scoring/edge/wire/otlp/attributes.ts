import { LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX, LABELS_PER_SERIES_MAX } from "../limits.ts";
import { quoted } from "../problem.ts";
import { RESOURCE_ATTRIBUTES_MAX } from "./metric_sink.ts";

/** A scalar as text; `undefined` for lists, maps and bytes, which name nothing. */
export type AttributeValue = string | undefined;

/** Attributes of one data point: as they name its series, none of them may be lost. */
export class PointAttributes {
  readonly attributes = new Map<string, string>();
  /** Why they cannot be taken. */
  fault: string | undefined;

  /** @param key `undefined` for a text that is too long; `value` is then of no interest. */
  add(key: string | undefined, value: AttributeValue | "too long"): void {
    if (key === undefined || key.length > LABEL_NAME_BYTES_MAX) {
      this.fault ??= "Cannot take an attribute whose key is too long";
    } else if (value === TOO_LONG || (value?.length ?? 0) > LABEL_VALUE_BYTES_MAX) {
      this.fault ??= `Cannot take attribute ${quoted(key)}: its value is too long`;
    } else if (this.attributes.size >= LABELS_PER_SERIES_MAX) {
      this.fault ??= `Cannot take more than ${LABELS_PER_SERIES_MAX} attributes`;
    } else if (key !== "" && value !== undefined && value !== "") this.attributes.set(key, value);
  }
}

/** Stands for a text that was passed over. */
export const TOO_LONG = "too long";

/** Attributes of a sender: what is too long or too much is not there. */
export class ResourceAttributes {
  readonly attributes = new Map<string, string>();

  add(key: string | undefined, value: AttributeValue | "too long"): void {
    if (key === undefined || value === undefined || value === TOO_LONG) return;
    if (this.attributes.size < RESOURCE_ATTRIBUTES_MAX) this.attributes.set(key, value);
  }
}

/** What takes attributes as they are read. */
export type AttributeTaker = Pick<PointAttributes, "add">;
