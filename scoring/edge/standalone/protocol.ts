import type { Incident } from "../../incident/mod.ts";
import type { DeviceEffects } from "../../pipeline/mod.ts";

/** Items in one sync: some hundred milliseconds of work for the gateway. */
export const SYNC_ITEMS_MAX = 500;

/** Characters of the items in one sync; a single larger item goes alone. */
export const SYNC_LENGTH_MAX = 1_000_000;

/**
 * Largest body of a sync that a gateway reads. One item cannot be split: 10,000 points, each of them the
 * last of its bucket and each bucket an anomaly with its contributions, come to about 30 MB.
 */
export const SYNC_BYTES_MAX = 64 * 1024 * 1024;

/** What `GET /edge/v1/assignments` says: all that an edge needs to take and judge points. */
export interface AssignmentsDocument {
  readonly tenantId: string;
  readonly clockMode: "live" | "replay";
  readonly devices: readonly AssignedDevice[];
}

export interface AssignedDevice {
  readonly deviceId: string;
  /** The tenant's own name. */
  readonly name: string;
  readonly latenessMs: number;
  readonly metrics: readonly AssignedMetric[];
  readonly assignments: readonly SignedAssignment[];
}

export interface AssignedMetric {
  readonly name: string;
  readonly metricId: string;
  readonly category: string;
  readonly minValue: number | null;
  readonly maxValue: number | null;
}

export interface SignedAssignment {
  readonly detectorId: string;
  readonly detector: string;
  readonly modelId: string;
  /** vYYYYMMDD_HHMMSS. */
  readonly label: string;
  /** A `Setting` as JSON, exactly the bytes that are signed. */
  readonly setting: string;
  /** Signature of `setting`, base64. */
  readonly signature: string;
}

/** What an edge sends to `POST /edge/v1/sync`. Without items it asks for commands alone. */
export interface SyncRequest {
  /** Name of the edge, unique in its tenant. */
  readonly edgeId: string;
  /** Drawn anew whenever the edge's log starts anew. */
  readonly epoch: string;
  /** Number of the first item; they are numbered from 1 without gaps in an epoch. */
  readonly firstSeq: number;
  readonly items: readonly DeviceEffects[];
}

/** What the gateway answers. */
export interface SyncAnswer {
  /** All items up to this one are stored. */
  readonly ackSeq: number;
  /** Incidents that a person has acted on, as the gateway has them now. */
  readonly commands: readonly Incident[];
}

/** Problem code with which a gateway refuses items that do not follow its last one. */
export const SYNC_GAP = "SYNC_GAP";
