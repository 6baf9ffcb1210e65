import type { TelemetryPoint } from "../../scoring/point.ts";
import type { DemoClient } from "./client.ts";

/** Points in one request, as a client that batches would send them. */
export const POINTS_PER_REQUEST = 500;

/** What came of the points that were sent. */
export interface PointCounts {
  sent: number;
  accepted: number;
  duplicates: number;
  refused: number;
}

interface TelemetryAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: readonly { readonly index: number; readonly message: string }[];
}

export interface ReplayOptions {
  readonly client: DemoClient;
  readonly requests: Iterable<readonly TelemetryPoint[]>;
  /** Added to as answers come in. */
  readonly counts: PointCounts;
  /** Just before a request goes out. */
  readonly onPosting?: (points: readonly TelemetryPoint[]) => void;
  /** After a request was answered. */
  readonly onAnswered?: () => void;
}

/** Posts telemetry, one request in flight, and counts what was accepted, known already and refused. */
export async function replay(options: ReplayOptions): Promise<void> {
  for (const points of options.requests) {
    options.onPosting?.(points);
    const response = await options.client.post("/v1/telemetry", { points });
    addAnswer(options.counts, points.length, await telemetryAnswer(response));
    options.onAnswered?.();
  }
}

async function telemetryAnswer(response: Response): Promise<TelemetryAnswer> {
  // All points of a request refused is 422, with the same counts.
  if (response.ok || response.status === 422) return await response.json();
  const text = await response.text();
  throw new Error(`Cannot replay as the edge answered ${response.status}: ${text}`);
}

function addAnswer(counts: PointCounts, sent: number, answer: TelemetryAnswer): void {
  counts.sent += sent;
  counts.accepted += answer.accepted;
  counts.duplicates += answer.duplicates;
  counts.refused += answer.refused.length;
}
