import type { QuarantinedSeries, QuarantineTotals } from "../../intake/mod.ts";
import type { UnknownPolicy } from "../../mapping/mod.ts";
import type { SourceStatus } from "../../sources/mod.ts";
import type { RefusedMapping, RefusedModel } from "../../standalone/protocol.ts";

/** How an edge names the samples of senders. */
export interface NamingStatus {
  /** The mapping in force; null while the gateway has not given one. */
  readonly mapping: {
    readonly version: number;
    /** How many. */
    readonly rules: number;
    readonly unknown: UnknownPolicy;
  } | null;
  /** A mapping that was given and not taken; the one before goes on. */
  readonly refusedMapping: RefusedMapping | null;
  /** What is kept out, with the series that was seen last at the beginning. */
  readonly quarantine: QuarantineTotals & { readonly newest: readonly QuarantinedSeries[] };
  /** What waits for the gateway to make its names. */
  readonly waiting: QuarantineTotals;
}

/** What `GET /v1/status` says of an edge that keeps nothing, beside version and clock. */
export interface ScoringStatus {
  readonly edgeId: string;
  /** None before the first assignments. */
  readonly models: readonly ModelStatus[];
  /** Models that were assigned and not taken; the ones before them go on. */
  readonly refusedModels: readonly RefusedModel[];
  /** Why the gateway does not do what it is asked; null while it does. */
  readonly gatewayFault: { readonly code: string; readonly message: string } | null;
}

/** What it says of a stand-alone edge. */
export interface EdgeStatus extends ScoringStatus, NamingStatus {
  /** What this edge keeps its points and findings in. */
  readonly storage: StorageStatus;
  readonly queue: { readonly items: number; readonly bytes: number; readonly bytesMax: number };
  /** RFC 3339; null before the first. */
  readonly lastSyncAt: string | null;
  /** What the queue had no room for. */
  readonly dropped: { readonly points: number; readonly aggregates: number };
  /** Items that the gateway refused, and why the newest of them were. */
  readonly refused: { readonly items: number; readonly newest: readonly RefusedReason[] };
  readonly bytesSent: number;
  readonly bytesSaved: number;
  /** all, aggregates or anomalies. */
  readonly forwarding: string;
  readonly sources: readonly SourceStatus[];
}

export interface StorageStatus {
  /** False where everything is gone with the process. */
  readonly isDurable: boolean;
  /** What it takes and may take. */
  readonly bytes: number;
  readonly bytesMax: number;
  /** Points are refused until there is room. */
  readonly isFull: boolean;
}

export interface ModelStatus {
  readonly id: string;
  readonly label: string;
  readonly detector: string;
  readonly device: string | null;
  /** Periods whose forests are in memory. */
  readonly periodsLoaded: readonly string[];
}

interface RefusedReason {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}
