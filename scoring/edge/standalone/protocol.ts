import type { Incident } from "../../incident/mod.ts";
import type { DeviceEffects } from "../../pipeline/mod.ts";
import type { QuarantinedSeries, QuarantineTotals } from "../intake/quarantine.ts";
import type { MetricKind } from "../mapping/mod.ts";
import type { EdgeCounts } from "./outbox/counters.ts";

export type { QuarantinedSeries, SeriesOrigin } from "../intake/quarantine.ts";

/** Items in one sync: some hundred milliseconds of work for the gateway. */
export const SYNC_ITEMS_MAX = 500;

/** Characters of the items in one sync; a single larger item goes alone. */
export const SYNC_LENGTH_MAX = 1_000_000;

/**
 * Largest body of a sync that a gateway reads. One item cannot be split: 10,000 points, each of them the
 * last of its bucket and each bucket an anomaly with its contributions, come to about 30 MB.
 */
export const SYNC_BYTES_MAX = 64 * 1024 * 1024;

/** How often an edge says how it is, and so syncs, when nothing changes. */
export const REPORT_EVERY_MS = 60_000;

/** Devices and metrics that one sync asks for: each is a write of its own. */
export const NAMES_PER_SYNC_MAX = 500;

/** Series in quarantine that one sync tells of. */
export const QUARANTINED_PER_SYNC_MAX = 100;

/**
 * What goes up beside anomalies and incidents, which always do. all: every point. aggregates: a sketch
 * of each metric in each period. anomalies: those, and the points around anomalies.
 */
export type ForwardingPolicy = "aggregates" | "anomalies" | "all";

/** From the least that goes up to the most. */
export const FORWARDING_POLICIES: readonly ForwardingPolicy[] = ["aggregates", "anomalies", "all"];

/** What `GET /edge/v1/assignments` says: all that an edge needs to take and judge points. */
export interface AssignmentsDocument {
  readonly tenantId: string;
  readonly clockMode: "live" | "replay";
  /** All that the tenant measures; a gateway of the version before says it of each device instead. */
  readonly metrics?: readonly AssignedMetric[];
  readonly devices: readonly AssignedDevice[];
  /** Left out by gateways that do not give one: what the edge has goes on. */
  readonly mapping?: SignedMapping;
}

/** How a tenant's senders' names become devices and metrics, as its gateway has signed it. */
export interface SignedMapping {
  /** `MappingSettings` as JSON, exactly the bytes that are signed. */
  readonly mapping: string;
  /** Signature of `mapping`, base64. */
  readonly signature: string;
}

export interface AssignedDevice {
  readonly deviceId: string;
  /** The tenant's own name. */
  readonly name: string;
  readonly latenessMs: number;
  /** Left out where the document says them once. */
  readonly metrics?: readonly AssignedMetric[];
  /** What goes up of metrics that do not go up raw, by metric id; left out when all do. */
  readonly forwarding?: Readonly<Record<string, ForwardingPolicy>>;
  readonly assignments: readonly SignedAssignment[];
}

export interface AssignedMetric {
  readonly name: string;
  readonly metricId: string;
  readonly category: string;
  readonly minValue: number | null;
  readonly maxValue: number | null;
  /** Its sketches are of rates; left out for a gauge. */
  readonly isCounter?: boolean;
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

/** One step of a device: what a fold has changed, or sketches of what was folded before. */
export interface SyncItem extends DeviceEffects {
  /** Sketches in place of raw points, where the edge forwards those. */
  readonly sketches?: readonly WindowSketch[];
}

/**
 * The values of a metric, rates of a counter, in one occurrence of a period. It says all that is known of the window, so
 * that a later one, of a window that late points have changed, takes the place of the one before.
 */
export interface WindowSketch {
  readonly metricId: string;
  readonly period: string;
  /** First and past last instant of the occurrence, ms. */
  readonly from: number;
  readonly until: number;
  /** Serialised sketch. */
  readonly sketch: string;
}

/** What an edge says of itself. */
export interface EdgeReport extends EdgeCounts {
  readonly version: string;
  readonly forwarding: string;
  readonly waitingItems: number;
  readonly waitingBytes: number;
  /** Models that the edge was assigned and did not take. */
  readonly refusedModels: readonly RefusedModel[];
  /** Models that judge here; left out while they are those of the report before, to save the link. */
  readonly models?: readonly RunningModel[];
  /** How it names samples; left out by edges that have no mapping of their gateway's. */
  readonly naming?: NamingReport;
}

/** Models of one report; `GET /v1/status` of the edge tells more. */
export const RUNNING_MODELS_MAX = 200;

/** A model at work on a device. */
export interface RunningModel {
  readonly detectorId: string;
  readonly deviceId: string;
  readonly modelId: string;
}

/** How an edge names samples. */
export interface NamingReport {
  /** Version of the mapping in force; null while the gateway has not given one. */
  readonly mappingVersion: number | null;
  /** A mapping that the edge was given and did not take; the one before goes on. */
  readonly refusedMapping: RefusedMapping | null;
  /** What is kept out. */
  readonly quarantined: QuarantineTotals;
  /** What waits for the gateway to make its names. */
  readonly waiting: QuarantineTotals;
}

export interface RefusedMapping {
  /** A `BundleErrorCode`, or MAPPING_INVALID for rules that the edge does not understand. */
  readonly code: string;
  readonly message: string;
}

export interface RefusedModel {
  readonly detectorId: string;
  readonly modelId: string;
  /** A `BundleErrorCode`, or MODEL_UNKNOWN when the gateway has no such bundle. */
  readonly code: string;
  readonly message: string;
}

/** What an edge sends to `POST /edge/v1/sync`. Without items it asks for commands alone. */
export interface SyncRequest {
  /** Name of the edge, unique in its tenant. */
  readonly edgeId: string;
  /** Drawn anew whenever the edge's log starts anew. */
  readonly epoch: string;
  /** Number of the first item; they are numbered from 1 without gaps in an epoch. */
  readonly firstSeq: number;
  readonly items: readonly SyncItem[];
  /** The items between the last one acknowledged and the first are no more: dropped or set aside. */
  readonly isAfterGap?: boolean;
  /** Tag of the commands that the edge has obeyed already. */
  readonly commandsTag?: string;
  /** Left out for up to `REPORT_EVERY_MS` while it says what the one before said. */
  readonly report?: EdgeReport;
  /** Names that points wait for. */
  readonly names?: WantedNames;
  /** Series in quarantine, as they are now, that have changed since they were told. */
  readonly quarantine?: readonly QuarantinedSeries[];
}

/** Devices and metrics that senders have brought to an edge and its gateway should make. */
export interface WantedNames {
  readonly devices: readonly string[];
  readonly metrics: readonly WantedMetric[];
}

export interface WantedMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: MetricKind;
}

/** A name that the gateway did not make. */
export interface RefusedName {
  readonly name: string;
  readonly message: string;
}

/**
 * Why an item was not stored. ITEM_INVALID: a field that cannot be. …_UNKNOWN: it names what the tenant
 * does not have. NOT_STORABLE: the database refused it. ITEM_DAMAGED: the edge could not read it.
 */
export type RefusalReason =
  | "ITEM_INVALID"
  | "DEVICE_UNKNOWN"
  | "METRIC_UNKNOWN"
  | "DETECTOR_UNKNOWN"
  | "NOT_STORABLE"
  | "ITEM_DAMAGED";

export interface RefusedItem {
  readonly seq: number;
  /** A `RefusalReason`, or the code of the problem by which a whole request was refused. */
  readonly code: string;
  /** Path within the item, as `points[3].at`; empty for the whole of it. */
  readonly field: string;
  readonly message: string;
}

/** What the gateway answers. */
export interface SyncAnswer {
  /** All items up to this one are stored or refused. */
  readonly ackSeq: number;
  /** Items that cannot be stored, now or later; the others are. */
  readonly refused?: readonly RefusedItem[];
  /**
   * Incidents that a person has acted on, as the gateway has them now; left out when the edge has
   * obeyed them all.
   */
  readonly commands?: readonly Incident[];
  /** Names the commands, to be sent back once they are obeyed. */
  readonly commandsTag?: string;
  /** Of the names that were asked for, those that are not made; left out when none were. */
  readonly names?: { readonly refused: readonly RefusedName[] };
}

/** Problem code with which a gateway refuses items that do not follow its last one. */
export const SYNC_GAP = "SYNC_GAP";
