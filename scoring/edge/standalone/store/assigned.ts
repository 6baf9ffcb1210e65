import type { Setting } from "../../../detect/mod.ts";
import type { MappingSettings } from "../../mapping/mod.ts";
import type { AssignedMetric, ForwardingPolicy } from "../protocol.ts";

/** What a gateway has assigned, verified. */
export interface Assigned {
  readonly devices: readonly KeptDevice[];
  /** All that the tenant measures. */
  readonly metrics: readonly AssignedMetric[];
  /** `undefined` while the gateway has not given one. */
  readonly mapping: MappingSettings | undefined;
}

/** A device as assigned, its settings verified. */
export interface KeptDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly latenessMs: number;
  /** What goes up of metrics that do not go up raw, by metric id. */
  readonly forwarding?: Readonly<Record<string, ForwardingPolicy>>;
  readonly assignments: readonly KeptAssignment[];
}

export interface KeptAssignment {
  readonly detectorId: string;
  readonly detector: string;
  readonly modelId: string;
  readonly label: string;
  readonly setting: Setting;
}
