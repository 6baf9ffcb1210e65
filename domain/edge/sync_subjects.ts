import type {
  RefusalReason,
  RefusedItem,
  SyncItem,
} from "../../scoring/edge/standalone/protocol.ts";
import { loadDetectors } from "../detection/detectors.ts";
import { loadDevices } from "../fleet/devices.ts";
import { loadMetrics } from "../fleet/metrics.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** Items of a sync that can be stored, and those that name what the tenant does not have. */
export interface CheckedItems {
  /** In the order given, `null` where an item is refused. */
  readonly items: readonly (SyncItem | null)[];
  readonly refused: readonly RefusedItem[];
  /** Names of the detectors in the items, by id. */
  readonly detectorNames: ReadonlyMap<string, string>;
}

/**
 * Looks whether all that the items name exists; each is refused alone.
 *
 * @param items `null` for one that was refused before.
 * @param firstSeq Number of the first.
 */
export async function checkSubjects(
  tenant: TenantDb,
  items: readonly (SyncItem | null)[],
  firstSeq: number,
): Promise<CheckedItems> {
  const whole = items.filter((item) => item !== null);
  const detectors = await loadDetectors(tenant, unique(whole.flatMap(detectorIds)));
  const known: Known = {
    devices: idsOf(await loadDevices(tenant, unique(whole.flatMap(deviceIds)))),
    metrics: idsOf(await loadMetrics(tenant, unique(whole.flatMap(metricIds)))),
    detectors: idsOf(detectors),
  };
  const refused: RefusedItem[] = [];
  const checked = items.map((item, index) => {
    const unknown = item && unknownSubject(item, known);
    if (!unknown) return item;
    const [code, field, id] = unknown;
    const message = `Cannot store the item as ${field} ${JSON.stringify(id)} does not exist`;
    refused.push({ seq: firstSeq + index, code, field, message });
    return null;
  });
  const detectorNames = new Map(detectors.flatMap((row) => row ? [[row.id, row.name]] : []));
  return { items: checked, refused, detectorNames };
}

interface Known {
  readonly devices: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  readonly detectors: ReadonlySet<string>;
}

type Unknown = readonly [code: RefusalReason, field: string, id: string];

/** The first thing that an item names and the tenant does not have. */
function unknownSubject(item: SyncItem, known: Known): Unknown | undefined {
  const device = deviceIds(item).find((id) => !known.devices.has(id));
  if (device !== undefined) return ["DEVICE_UNKNOWN", "deviceId", device];
  const metric = metricIds(item).find((id) => !known.metrics.has(id));
  if (metric !== undefined) return ["METRIC_UNKNOWN", "metricId", metric];
  const detector = detectorIds(item).find((id) => !known.detectors.has(id));
  return detector === undefined ? undefined : ["DETECTOR_UNKNOWN", "detectorId", detector];
}

function deviceIds(item: SyncItem): string[] {
  return [
    item.deviceId,
    ...item.anomalies.map(({ deviceId }) => deviceId),
    ...item.incidentChanges.map(({ incident }) => incident.deviceId),
  ];
}

function metricIds({ points, sketches = [] }: SyncItem): string[] {
  const ids = new Set(points.map(({ metricId }) => metricId));
  for (const { metricId } of sketches) ids.add(metricId);
  return [...ids];
}

function detectorIds(item: SyncItem): string[] {
  return [
    ...item.anomalies.map(({ detectorId }) => detectorId),
    ...item.incidentChanges.map(({ incident }) => incident.detectorId),
  ];
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function idsOf(rows: readonly ({ readonly id: string } | undefined)[]): Set<string> {
  return new Set(rows.flatMap((row) => row ? [row.id] : []));
}
