/** Remote write up to the verdict in this process: a store that forgets, so that no disk is measured. */
import { defaultPlan, foldSeries, type Sample } from "../../scoring/features/mod.ts";
import { fitModel, type Model, type Setting } from "../../scoring/detect/mod.ts";
import {
  createIngest,
  createIntake,
  type DeviceProfile,
  type EdgeStore,
  type Intake,
} from "../../scoring/edge/mod.ts";
import { readWriteRequest } from "../../scoring/edge/wire/prometheus/mod.ts";
import { unsnappy } from "../../scoring/edge/wire/body/snappy.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../scoring/incident/mod.ts";
import { createRandom } from "../../scoring/numeric/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../scoring/time/mod.ts";
import { LOAD_START } from "./ingest_load.ts";
import { metricName, METRICS_PER_DEVICE, METRICS_WATCHED } from "./remote_write_load.ts";

const MINUTE_MS = 60_000;
const TRAINING_MINUTES = 2_880;

/** What the one model judges by. */
export const LOAD_SETTING: Setting = {
  version: 1,
  detectorId: "detector",
  entityId: "fleet",
  severityProfile: "smartbox",
  thresholds: {},
  calendar: SMARTBOX_CALENDAR,
  zone: UTC,
  incidents: DEFAULT_INCIDENT_POLICY,
};

/** Takes bodies as the route does, without HTTP. */
export interface RemoteWritePipeline {
  /** Takes one body; all of its samples must be new. */
  take(body: Uint8Array): Promise<void>;
}

/** Devices come into being as they are named; one model judges a few metrics of each. */
export function openPipeline(): RemoteWritePipeline {
  const model = fitLoad();
  const now = () => Date.now();
  const store = new ForgetfulStore();
  const openModel = () => Promise.resolve(model);
  const ingest = createIngest({ tenantId: "bench", store, openModel, now });
  const intake = createIntake({ ingest, now });
  return { take: (body) => take(intake, body) };
}

async function take(intake: Intake, body: Uint8Array): Promise<void> {
  const batch = await intake.openBatch();
  readWriteRequest(unsnappy(body), batch);
  const { accepted } = await intake.take(batch);
  if (accepted !== batch.size) {
    throw new Error(`Cannot measure as ${accepted} of ${batch.size} samples were accepted`);
  }
}

/** A model of noise about the load's levels. */
export function fitLoad(): Model {
  const names = Array.from({ length: METRICS_WATCHED }, (_, metric) => metricName(metric));
  const plan = defaultPlan(names.map((name) => ({ name, kind: "gauge" as const })), MINUTE_MS);
  const noise = createRandom(7);
  const samples: Sample[] = Array.from({ length: TRAINING_MINUTES * METRICS_WATCHED }, (_, i) => {
    const metric = i % METRICS_WATCHED;
    const at = LOAD_START + ((i - metric) / METRICS_WATCHED - TRAINING_MINUTES) * MINUTE_MS;
    return { metric, at, value: 40 + metric + 14 * noise.nextFloat() };
  });
  return fitModel({
    detectorId: LOAD_SETTING.detectorId,
    entityId: LOAD_SETTING.entityId,
    plan,
    calendar: LOAD_SETTING.calendar,
    zone: UTC,
    vectors: foldSeries(plan, UTC, samples),
    seed: 7,
  });
}

class ForgetfulStore implements EdgeStore {
  readonly #metrics = new Map(
    Array.from({ length: METRICS_PER_DEVICE }, (_, metric) => [metricName(metric), {
      metricId: `metric-${metric}`,
      category: "memory",
      minValue: null,
      maxValue: null,
    }]),
  );

  findDevice(name: string): Promise<DeviceProfile> {
    return Promise.resolve({
      deviceId: `id of ${name}`,
      name,
      latenessMs: MINUTE_MS,
      watermark: null,
      metrics: this.#metrics,
      assignments: [{ detectorId: "detector", modelId: "model", setting: LOAD_SETTING }],
      incidents: [],
    });
  }

  listNewest(): Promise<Map<string, number>> {
    return Promise.resolve(new Map());
  }

  findValues(_deviceId: string, keys: readonly unknown[]): Promise<undefined[]> {
    return Promise.resolve(keys.map(() => undefined));
  }

  listPoints(): Promise<[]> {
    return Promise.resolve([]);
  }

  loadBundle(): Promise<Uint8Array> {
    return Promise.reject(new Error("Cannot load a bundle: the model is at hand"));
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  revision(): number {
    return 0;
  }
}
