import type { DemoClient } from "../../scripts/demo/client.ts";
import { fitDevices } from "../../scripts/demo/fit.ts";
import { replay } from "../../scripts/demo/replay.ts";
import { type DemoSeries, mergeByTime } from "../../scripts/demo/series.ts";
import { setUp } from "../../scripts/demo/setup.ts";
import type { TelemetryPoint } from "../../scoring/point.ts";

/** How soon a sender tries again, ms. */
export const RETRY_MS = 20;

/** Metrics, devices, detectors, history and models, before anything is killed. */
export async function prepare(
  client: DemoClient,
  series: readonly DemoSeries[],
  pointsPerRequest: number,
): Promise<void> {
  const setup = await setUp(client, series.map(({ device }) => device));
  const history = series.map(({ points, trainingCount }) => points.slice(0, trainingCount));
  const counts = { sent: 0, accepted: 0, duplicates: 0, refused: 0 };
  await replay({ client, requests: mergeByTime(history, pointsPerRequest), counts });
  await fitDevices({ client, setup, series, onFitted: () => {} });
}

/** Posts until there is an answer; the points of it that are not refused are acknowledged. */
export async function acknowledged(
  client: DemoClient,
  points: readonly TelemetryPoint[],
): Promise<TelemetryPoint[]> {
  for (;;) {
    try {
      const response = await client.post("/v1/telemetry", { points });
      if (response.status === 200 || response.status === 422) {
        const { refused } = await response.json() as { refused: { index: number }[] };
        const indices = new Set(refused.map(({ index }) => index));
        return points.filter((_, index) => !indices.has(index));
      }
      await response.body?.cancel();
    } catch (error) {
      // The server was killed; whether it had recorded the points is not known.
      if (!(error instanceof TypeError)) throw error;
    }
    await delay(RETRY_MS);
  }
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
