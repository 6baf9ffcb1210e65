import {
  encodeBundle,
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  signBundle,
} from "../../../scoring/bundle/mod.ts";
import {
  fitModel,
  isForestAlgorithm,
  type Model,
  type Setting,
} from "../../../scoring/detect/mod.ts";
import { type FeaturePlan, foldSeries } from "../../../scoring/features/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../scoring/incident/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import type { TelemetryPoint } from "../../../scoring/point.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";

export const MINUTE_MS = 60_000;
export const TENANT = "tenant-1";

/** A Monday, 00:00 UTC. */
export const START = Date.UTC(2026, 4, 25);

/** `count` minutes of a calm series from `START + from` minutes on; `shock` lifts single minutes. */
export function minutes(
  count: number,
  { device = "pump-7", from = 0, shock = (_minute: number): number => 0 } = {},
): TelemetryPoint[] {
  const noise = createRandom(Math.abs(from));
  return Array.from({ length: count }, (_, i) => ({
    device,
    metric: "cpu",
    at: START + (from + i) * MINUTE_MS,
    value: 30 + 4 * noise.nextFloat() + shock(from + i),
  }));
}

const PLAN: FeaturePlan = {
  bucketMs: MINUTE_MS,
  metrics: [{ name: "cpu", kind: "gauge" }],
  features: [
    { metric: "cpu", transform: "value" },
    { metric: "cpu", transform: "delta", window: 1 },
    { metric: "cpu", transform: "rollingStd", window: 5 },
  ],
};

export const SETTING: Setting = {
  version: 1,
  detectorId: "detector-1",
  entityId: "id-of-pump-7",
  severityProfile: "smartbox",
  thresholds: {},
  calendar: SMARTBOX_CALENDAR,
  zone: UTC,
  incidents: DEFAULT_INCIDENT_POLICY,
};

/** A model of a calm day; forests are small. */
export function fitCalmDay(algorithm = "isolation_forest"): Model {
  const samples = minutes(1_440, { from: -1_440 })
    .map(({ at, value }) => ({ metric: 0, at, value }));
  return fitModel({
    detectorId: SETTING.detectorId,
    entityId: SETTING.entityId,
    plan: PLAN,
    calendar: SETTING.calendar,
    zone: UTC,
    vectors: foldSeries(PLAN, UTC, samples),
    algorithm,
    parameters: isForestAlgorithm(algorithm) ? { treeCount: 25, subsampleSize: 64 } : {},
    seed: 7,
  });
}

/** A real model of the calm series, with its signed bundle and who may open it. */
export interface World {
  readonly model: Model;
  readonly modelId: string;
  readonly bundle: Uint8Array;
  /** Raw Ed25519 key that the bundle is signed by. */
  readonly publicKey: Uint8Array;
  readonly signer: Awaited<ReturnType<typeof importSigner>>;
  readonly trustedKeys: Awaited<ReturnType<typeof importTrustedKeys>>;
}

let world: Promise<World> | undefined;

/** Made once a test file. */
export function openWorld(): Promise<World> {
  return world ??= makeWorld();
}

async function makeWorld(): Promise<World> {
  const model = fitCalmDay();
  const { id, unsigned } = encodeBundle(model);
  const { pkcs8, publicKey } = await generateSigningKey();
  const signer = await importSigner(pkcs8);
  return {
    model,
    modelId: id,
    bundle: await signBundle(unsigned, signer, TENANT),
    publicKey,
    signer,
    trustedKeys: await importTrustedKeys([publicKey]),
  };
}
