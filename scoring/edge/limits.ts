/** What an edge takes from one sender, each with its reason. Every refusal names its limit. */
export interface EdgeLimits {
  /** Bytes of a body, as sent and again after decompression: 10,000 points of 400 bytes fit. */
  readonly bodyBytesMax: number;
  /** The same for senders of samples: vmagent fills 8 MiB before compression, Prometheus less than one. */
  readonly samplesBytesMax: number;
  /** Bytes of all bodies that are read and worked on at once; senders repeat what is beyond. */
  readonly bodyBytesInWorkMax: number;
  /** Time for a body to arrive, ms: a sender that trickles holds a connection and a buffer. */
  readonly bodyMsMax: number;
  /** Points in one request: all of them are folded and committed in one write. */
  readonly pointsPerRequestMax: number;
  /** Feature vectors in one stateless request: scoring is synchronous, others wait. */
  readonly vectorsPerRequestMax: number;
  /** Rows of one request that are told by Shapley values: each takes up to some milliseconds. */
  readonly shapleyRowsPerRequestMax: number;
  /** Rows of one request with counterfactuals: each that is flagged takes up to a tenth of a second. */
  readonly counterfactualRowsPerRequestMax: number;
  /** Requests of one tenant that may wait for their devices; beyond it a sender should back off. */
  readonly requestsWaitingMax: number;
  /** Sustained requests per second of one key; a tenant's keys share four times as many. */
  readonly requestsPerSecond: number;
  /** Requests that a key may send at once after a silence. */
  readonly requestsBurst: number;
}

export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  bodyBytesMax: 4 * 1024 * 1024,
  samplesBytesMax: 10 * 1024 * 1024,
  bodyBytesInWorkMax: 12 * 1024 * 1024,
  bodyMsMax: 30_000,
  pointsPerRequestMax: 10_000,
  vectorsPerRequestMax: 10_000,
  shapleyRowsPerRequestMax: 500,
  counterfactualRowsPerRequestMax: 20,
  requestsWaitingMax: 256,
  requestsPerSecond: 1_000,
  requestsBurst: 2_000,
};

/** Longest name of a device or metric, in UTF-16 units. */
export const NAME_LENGTH_MAX = 200;

/** How far ahead of the wall clock a point may be: clocks of honest devices drift, years do not. */
export const FUTURE_MS_MAX = 5 * 60_000;

/**
 * 1980-01-01: an instant before it is a device without a clock or one that counts seconds, and would
 * poison baselines and retention.
 */
export const TIMESTAMP_MIN = 315_532_800_000;
