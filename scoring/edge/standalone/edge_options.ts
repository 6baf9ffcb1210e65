import type { TrustedKeys } from "../../bundle/mod.ts";
import type { Authenticate } from "../http/mod.ts";
import type { EdgeLimits } from "../limits.ts";
import type { EdgeLog } from "./edge_log.ts";
import type { OpenEdgeSources } from "./edge_sources.ts";
import type { GatewayClient } from "./gateway_client.ts";
import type { ForwardingPolicy } from "./protocol.ts";
import type { SqlDatabase } from "./store/mod.ts";

/** What may wait for an absent gateway: half a day of a thousand points a second. */
export const OUTBOX_BYTES_MAX = 512 * 1024 ** 2;

/** What any edge of a gateway needs. */
export interface GatewayEdgeOptions {
  readonly gateway: GatewayClient;
  /** Name of this edge, unique in its tenant. */
  readonly edgeId: string;
  /** Whose bundles and settings are believed. */
  readonly trustedKeys: TrustedKeys;
  /** Who may send to this edge. */
  readonly authenticate: Authenticate;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Random names, for requests and epochs. */
  readonly newId: () => string;
  /** Told of faults; that the gateway is away is no fault, and told by `log`. */
  readonly onError: (error: unknown) => void;
  readonly log: EdgeLog;
  readonly limits?: Partial<EdgeLimits>;
}

export interface StandaloneEdgeOptions extends GatewayEdgeOptions {
  /** Opened by the platform; this edge closes it. */
  readonly database: SqlDatabase;
  /** Default `OUTBOX_BYTES_MAX`; less where that is too much for the disk. */
  readonly outboxBytesMax?: number;
  /** What the file and its log may take; default `DISK_BYTES_MAX`. */
  readonly diskBytesMax?: number;
  /** The most that goes up beside anomalies and incidents, whatever detectors want; default all. */
  readonly forwarding?: ForwardingPolicy;
  /**
   * How often what waits is sent, and commands are asked for while the stream does not tell of them;
   * default 1 s.
   */
  readonly syncMs?: number;
  /** How often assignments are asked for; default 15 s. */
  readonly assignmentsMs?: number;
  /** What this edge takes beside what is posted to it; it runs while `run` does. */
  readonly openSources?: OpenEdgeSources;
  /** Longest pause while the gateway is away; default 30 s. */
  readonly backoffMsMax?: number;
}
