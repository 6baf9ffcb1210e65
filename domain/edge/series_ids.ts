import { ensureSeries, listSeriesIds, type SeriesId, type SeriesKey } from "../fleet/series.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Writer } from "../storage/write.ts";

/** Series whose ids are remembered, some seventy bytes each; what is forgotten is read again. */
const SERIES_REMEMBERED_MAX = 1_000_000;

/** Ids of a device's series by metric id. */
export type IdsByMetric = ReadonlyMap<string, number>;

/** Ids of a tenant's series, by device. */
export class SeriesIds {
  readonly #tenant: TenantDb;
  readonly #writer: Writer;
  readonly #known = new Map<string, IdsByMetric>();
  #size = 0;

  constructor(tenant: TenantDb, writer: Writer) {
    this.#tenant = tenant;
    this.#writer = writer;
  }

  /** Of one device, those that there are. */
  async of(deviceId: string): Promise<IdsByMetric> {
    const known = this.#known.get(deviceId);
    if (known !== undefined) return known;
    return this.keep(deviceId, idsOf(await listSeriesIds(this.#tenant, [deviceId])));
  }

  /** Of the devices of these keys, once their series exist. */
  async ensured(
    keys: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<ReadonlyMap<string, IdsByMetric>> {
    const ids = new Map<string, IdsByMetric>();
    const missing: SeriesKey[] = [];
    for (const [deviceId, metricIds] of keys) {
      const known = await this.of(deviceId);
      ids.set(deviceId, known);
      for (const metricId of metricIds) {
        if (!known.has(metricId)) missing.push([deviceId, metricId]);
      }
    }
    if (missing.length === 0) return ids;
    const series = await ensureSeries(this.#tenant, this.#writer, missing);
    for (const [deviceId, own] of Map.groupBy(series, ({ device_id }) => device_id)) {
      ids.set(deviceId, this.keep(deviceId, idsOf(own)));
    }
    return ids;
  }

  /** Remembers those of a device; of too many the devices that were kept first are forgotten. */
  keep(deviceId: string, ids: IdsByMetric): IdsByMetric {
    this.#forget(deviceId);
    this.#known.set(deviceId, ids);
    this.#size += ids.size;
    for (const oldest of this.#known.keys()) {
      if (this.#size <= SERIES_REMEMBERED_MAX || oldest === deviceId) break;
      this.#forget(oldest);
    }
    return ids;
  }

  #forget(deviceId: string): void {
    this.#size -= this.#known.get(deviceId)?.size ?? 0;
    this.#known.delete(deviceId);
  }
}

function idsOf(series: readonly SeriesId[]): IdsByMetric {
  return new Map(series.map(({ metric_id, id }) => [metric_id, id]));
}
