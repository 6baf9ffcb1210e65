import { resumable } from "../../api/client/resumable.ts";
import type { DemoClient } from "./client.ts";
import type { DemoSeries } from "./series.ts";
import type { DemoSetup } from "./setup.ts";

const FIT = `mutation Fit($input: FitDetectorInput!) {
  fitDetector(input: $input) {
    __typename
    ... on FitDetectorSuccess { job { id } }
    ... on Failure { message }
  }
}`;

const JOBS = `subscription Jobs($after: Cursor) {
  jobProgressed(after: $after) { node { id state message error } }
}`;

interface JobNode {
  readonly id: string;
  readonly state: string;
  readonly message: string;
  readonly error: string | null;
}

export interface FitOptions {
  readonly client: DemoClient;
  readonly setup: DemoSetup;
  readonly series: readonly DemoSeries[];
  /** Told of every device whose job has ended, with what the job says. */
  readonly onFitted: (device: string, message: string) => void;
}

/**
 * Fits a model for each device that has none, on its training points, by the job that any user's fit
 * takes, and follows the jobs until all have ended.
 *
 * @throws {Error} When a job fails.
 */
export async function fitDevices(options: FitOptions): Promise<void> {
  const { client, setup, series } = options;
  const { eventCursor } = await client.query<{ eventCursor: string }>("{ eventCursor }");
  const deviceByJob = new Map<string, string>();
  for (const one of series) {
    const { name } = one.device;
    if (!setup.fitted.has(name)) deviceByJob.set(await startFit(client, setup, one), name);
  }
  if (deviceByJob.size > 0) await untilEnded(options, deviceByJob, eventCursor);
}

async function startFit(
  client: DemoClient,
  setup: DemoSetup,
  { device, points, trainingCount }: DemoSeries,
): Promise<string> {
  const { id } = setup.detectors.find(({ detector }) => detector.devices.includes(device.name))!;
  const { job } = await client.mutate<{ job: { id: string } }>(FIT, {
    detectorId: id,
    deviceIds: [setup.deviceIds.get(device.name)],
    // A fit that is begun anew after a crash sees the same points, however far the replay has come.
    to: new Date(points[trainingCount].at).toISOString(),
  });
  return job.id;
}

async function untilEnded(
  { client, onFitted }: FitOptions,
  deviceByJob: Map<string, string>,
  after: string,
): Promise<void> {
  const stop = new AbortController();
  const jobs = resumable<{ jobProgressed: { node: JobNode } }>({
    url: `${client.url}/graphql`,
    key: client.key,
    query: JOBS,
    after,
    signal: stop.signal,
  });
  for await (const { data: { jobProgressed: { node } } } of jobs) {
    const device = deviceByJob.get(node.id);
    if (device === undefined || node.state === "QUEUED" || node.state === "RUNNING") continue;
    if (node.state !== "SUCCEEDED") {
      throw new Error(`Cannot fit ${device} as its job is ${node.state}: ${node.error}`);
    }
    onFitted(device, node.message);
    deviceByJob.delete(node.id);
    if (deviceByJob.size === 0) break;
  }
  stop.abort();
}
