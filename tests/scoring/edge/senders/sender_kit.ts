import type { EdgeTenant } from "../../../../scoring/edge/http/edge_parts.ts";
import {
  createIntake,
  type Intake,
  type UnknownNames,
} from "../../../../scoring/edge/intake/mod.ts";
import { DEFAULT_MAPPING, type MappingSettings } from "../../../../scoring/edge/mapping/mod.ts";
import { NO_MODELS, NOW, type TestEdge, testEdge } from "../kit.ts";
import type { MemoryStore } from "../memory_store.ts";

/** An edge whose tenant makes unknown names, and what it keeps. */
export interface SenderEdge extends TestEdge {
  readonly intake: Intake;
  /** Metrics that were made. */
  readonly made: UnknownNames["metrics"][number][];
  settings: MappingSettings;
  /** All points as "device metric@at" with their values. */
  stored(): Record<string, number>;
}

export interface SenderEdgeOptions {
  readonly settings?: Partial<MappingSettings>;
  /** Metrics beyond which no more are made. */
  readonly metricsMax?: number;
  /** Whether names can be made at all. */
  readonly canCreate?: boolean;
}

export function senderEdge(options: SenderEdgeOptions = {}): SenderEdge {
  const { metricsMax = 1_000, canCreate = true } = options;
  const edge = testEdge({
    tenantOf: (): EdgeTenant => ({ ingest: edge.ingest, intake, models: NO_MODELS }),
  });
  const { ingest } = edge;
  const made: UnknownNames["metrics"][number][] = [];
  const create = (names: UnknownNames) => {
    const failures = new Map<string, string>();
    for (const device of names.devices) edge.store.addDevice(device, {});
    for (const metric of names.metrics) {
      if (made.some((each) => each.metric === metric.metric)) continue;
      if (made.length >= metricsMax) failures.set(metric.metric, "Cannot add another metric");
      else made.push(metric);
    }
    for (const { metrics } of edge.store.devices.values()) {
      for (const { metric } of made) if (!metrics.has(metric)) metrics.set(metric, profile(metric));
    }
    edge.store.changes++;
    return Promise.resolve(failures);
  };
  const senders = { settings: { ...DEFAULT_MAPPING, ...options.settings } };
  const intake: Intake = createIntake({
    ingest,
    now: () => NOW,
    settings: () => Promise.resolve(senders.settings),
    create: canCreate ? create : undefined,
  });
  return Object.assign(senders, {
    ...edge,
    intake,
    made,
    stored: () => storedPoints(edge.store),
  });
}

function profile(metric: string) {
  const metricId = `id-of-${metric}`;
  return { metricId, category: "SYSTEM", minValue: null, maxValue: null };
}

function storedPoints(store: MemoryStore): Record<string, number> {
  return Object.fromEntries(
    [...store.devices].flatMap(([device, { points }]) =>
      [...points].map(([key, { value }]) => [`${device} ${key.replace("id-of-", "")}`, value])
    ),
  );
}
