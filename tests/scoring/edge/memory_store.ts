import type { Incident } from "../../../scoring/incident/mod.ts";
import type { DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import {
  type Assignment,
  type DeviceProfile,
  type EdgeStore,
  type MetricProfile,
  type PointKey,
  StaleDeviceError,
  type StoredPoint,
} from "../../../scoring/edge/mod.ts";

interface StoredDevice {
  readonly deviceId: string;
  readonly metrics: Map<string, MetricProfile>;
  assignments: Assignment[];
  watermark: number | null;
  /** Value and lateness by metric id and instant. */
  readonly points: Map<string, { value: number; late: boolean; at: number; metricId: string }>;
  readonly incidents: Map<string, Incident>;
}

/** A store that forgets with the test. `failWith` makes the next commits fail. */
export class MemoryStore implements EdgeStore {
  readonly devices = new Map<string, StoredDevice>();
  readonly bundles = new Map<string, Uint8Array>();
  readonly commits: DeviceEffects[] = [];
  readonly failures: Error[] = [];
  lookups = 0;
  changes = 0;

  addDevice(name: string, metrics: Record<string, Partial<MetricProfile>>): StoredDevice {
    const device: StoredDevice = {
      deviceId: `id-of-${name}`,
      metrics: new Map(
        Object.entries(metrics).map(([metric, profile]) => [metric, {
          metricId: `id-of-${metric}`,
          category: "RESOURCE",
          minValue: null,
          maxValue: null,
          ...profile,
        }]),
      ),
      assignments: [],
      watermark: null,
      points: new Map(),
      incidents: new Map(),
    };
    this.devices.set(name, device);
    return device;
  }

  findDevice(name: string): Promise<DeviceProfile | undefined> {
    this.lookups++;
    const device = this.devices.get(name);
    if (device === undefined) return Promise.resolve(undefined);
    return Promise.resolve({
      deviceId: device.deviceId,
      name,
      latenessMs: 60_000,
      watermark: device.watermark,
      metrics: device.metrics,
      assignments: [...device.assignments],
      incidents: [...device.incidents.values()].filter(({ state }) => state !== "CLOSED"),
    });
  }

  listNewest(deviceId: string): Promise<Map<string, number>> {
    const newest = new Map<string, number>();
    for (const { metricId, at } of this.#byId(deviceId).points.values()) {
      newest.set(metricId, Math.max(at, newest.get(metricId) ?? at));
    }
    return Promise.resolve(newest);
  }

  findValues(deviceId: string, keys: readonly PointKey[]): Promise<(number | undefined)[]> {
    const { points } = this.#byId(deviceId);
    return Promise.resolve(keys.map((key) => points.get(keyOf(key))?.value));
  }

  listPoints(deviceId: string, metrics: readonly string[], from: number): Promise<StoredPoint[]> {
    const device = this.#byId(deviceId);
    const names = new Map([...device.metrics].map(([name, { metricId }]) => [metricId, name]));
    const points = [...device.points.values()].filter(({ at, late }) => at >= from && !late)
      .map(({ metricId, at, value }) => ({ metric: names.get(metricId) ?? "", at, value }))
      .filter(({ metric }) => metrics.includes(metric));
    return Promise.resolve(points.sort((a, b) => a.at - b.at));
  }

  loadBundle(modelId: string): Promise<Uint8Array> {
    const bundle = this.bundles.get(modelId);
    return bundle === undefined
      ? Promise.reject(new Error(`no bundle ${modelId}`))
      : Promise.resolve(bundle);
  }

  commit(effects: readonly DeviceEffects[]): Promise<void> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    for (const { deviceId, incidentChanges } of effects) {
      const { incidents } = this.#byId(deviceId);
      for (const { incident } of incidentChanges.slice(0, 1)) {
        const known = incidents.get(incident.id)?.version ?? incident.version - 1;
        if (known !== incident.version - 1) return Promise.reject(new StaleDeviceError(deviceId));
      }
    }
    for (const each of effects) this.#apply(each);
    return Promise.resolve();
  }

  revision(): number {
    return this.changes;
  }

  listActiveDevices(): Promise<readonly string[]> {
    const active = [...this.devices].filter(([, { incidents }]) =>
      [...incidents.values()].some(({ state }) => state !== "CLOSED")
    );
    return Promise.resolve(active.map(([name]) => name));
  }

  #apply(effects: DeviceEffects): void {
    const device = this.#byId(effects.deviceId);
    for (const point of effects.points) device.points.set(keyOf(point), point);
    device.watermark = effects.watermark;
    for (const { incident } of effects.incidentChanges) {
      device.incidents.set(incident.id, incident);
    }
    this.commits.push(effects);
  }

  #byId(deviceId: string): StoredDevice {
    const device = [...this.devices.values()].find((each) => each.deviceId === deviceId);
    if (device === undefined) throw new Error(`no device ${deviceId}`);
    return device;
  }
}

function keyOf({ metricId, at }: PointKey): string {
  return `${metricId}@${at}`;
}
