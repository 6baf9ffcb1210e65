import type { Vocabulary } from "../../store.ts";
import type { KeptDevice } from "../store/mod.ts";

/** Devices and metrics that the gateway has told of. */
export interface KnownNames {
  hasDevice(device: string): boolean;
  /** Of the tenant, on whatever device. */
  hasMetric(metric: string): boolean;
  /** Whether points of the series can be taken. */
  hasSeries(device: string, metric: string): boolean;
}

/** The names of assigned devices, which share the metrics of their tenant. */
export function knownNames(devices: readonly KeptDevice[], metrics: Vocabulary): KnownNames {
  const names = new Set(devices.map(({ name }) => name));
  return {
    hasDevice: (device) => names.has(device),
    hasMetric: (metric) => metrics.has(metric),
    hasSeries: (device, metric) => names.has(device) && metrics.has(metric),
  };
}
