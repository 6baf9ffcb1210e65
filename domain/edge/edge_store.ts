import { sql } from "kysely";
import type { DeviceProfile, EdgeStore, PointKey, StoredPoint } from "../../scoring/edge/store.ts";
import { StaleDeviceError } from "../../scoring/edge/store.ts";
import type { DeviceEffects } from "../../scoring/pipeline/mod.ts";
import { listed } from "../storage/build.ts";
import { watchConfiguration } from "./configuration_watch.ts";
import type { Database } from "../storage/database.ts";
import { findStoredProfile, type StoredProfile } from "./device_profile.ts";
import { MetricVocabulary } from "./metric_vocabulary.ts";
import { effectsWrite } from "./effects.ts";
import { NotFoundError } from "../errors.ts";
import { findBundle } from "../detection/models.ts";
import { progressVersions } from "./progress.ts";
import { rawQuery } from "../storage/raw_query.ts";
import { newestOfSeries } from "../fleet/series.ts";
import { SeriesIds } from "./series_ids.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { GuardError } from "../storage/write.ts";

/** The store of the gateway's own edge. */
export interface TenantEdgeStore extends EdgeStore {
  listActiveDevices(): Promise<readonly string[]>;
  /** Stops watching for changes by others. */
  close(): void;
}

export interface EdgeStoreDeps {
  /** Wall clock, ms. */
  readonly now: () => number;
}

/** More than the devices that an ingest keeps in memory: what is forgotten is read again. */
const DEVICES_REMEMBERED_MAX = 20_000;

/** The tenant's store in the gateway's process: what it commits goes through the one writer. */
export function createTenantEdgeStore(
  db: Database,
  tenantId: string,
  { now }: EdgeStoreDeps,
): TenantEdgeStore {
  return new LibsqlEdgeStore(db, tenantId, now);
}

/** What is kept of a device from reading its profile to committing its effects. */
interface Remembered {
  progressVersion: number;
}

class LibsqlEdgeStore implements TenantEdgeStore {
  readonly #db: Database;
  readonly #tenant: TenantDb;
  readonly #now: () => number;
  readonly #vocabulary: MetricVocabulary;
  readonly #devices = new Map<string, Remembered>();
  readonly #seriesIds: SeriesIds;
  readonly #detectorNames = new Map<string, string>();
  readonly #closing = new AbortController();
  #revision = 0;

  constructor(db: Database, tenantId: string, now: () => number) {
    this.#db = db;
    this.#tenant = db.tenant(tenantId);
    this.#now = now;
    this.#vocabulary = new MetricVocabulary(this.#tenant);
    this.#seriesIds = new SeriesIds(this.#tenant, db.writer);
    const { signal } = this.#closing;
    watchConfiguration(db.events, tenantId, { signal, onChange: () => this.#revision++ });
  }

  async findDevice(name: string): Promise<DeviceProfile | undefined> {
    const metrics = await this.#vocabulary.at(this.#revision);
    const stored = await findStoredProfile(this.#tenant, name, metrics);
    if (!stored) return undefined;
    this.#remember(stored);
    return stored.profile;
  }

  async listNewest(deviceId: string): Promise<Map<string, number>> {
    const newest = new Map<string, number>();
    const ids = new Map<string, number>();
    for await (
      const { id, metric_id: metricId, last_at: lastAt } of newestOfSeries(this.#tenant, deviceId)
    ) {
      ids.set(metricId, id);
      if (lastAt !== null) newest.set(metricId, lastAt);
    }
    this.#seriesIds.keep(deviceId, ids);
    return newest;
  }

  async findValues(
    deviceId: string,
    keys: readonly PointKey[],
  ): Promise<(number | undefined)[]> {
    const seriesIds = await this.#seriesIds.of(deviceId);
    const wanted = keys.map(({ metricId, at }) => [seriesIds.get(metricId) ?? null, at]);
    const query = rawQuery(
      `select point.value from json_each(?) as wanted
        left join telemetry_points as point
          on point.series_id = wanted.value ->> 0 and point.at = wanted.value ->> 1
        order by wanted.key`,
      [JSON.stringify(wanted)],
    );
    const { rows } = await this.#tenant.db.executeQuery<{ value: number | null }>(query);
    return rows.map(({ value }) => value ?? undefined);
  }

  listPoints(
    deviceId: string,
    metrics: readonly string[],
    from: number,
  ): Promise<StoredPoint[]> {
    return this.#tenant.db.selectFrom("series")
      .innerJoin("metric_definitions as metric", "metric.id", "series.metric_id")
      .innerJoin("telemetry_points as point", "point.series_id", "series.id")
      .select(["metric.name as metric", "point.at", "point.value"])
      .where("series.tenant_id", "=", this.#tenant.tenantId)
      .where("series.device_id", "=", deviceId).where("metric.name", "in", listed(metrics))
      .where("point.at", ">=", from).where("point.late", "=", 0)
      .orderBy("point.at").orderBy("metric.name").execute();
  }

  async loadBundle(modelId: string): Promise<Uint8Array> {
    const bundle = await findBundle(this.#tenant, modelId);
    if (!bundle) throw new NotFoundError("model", modelId);
    return bundle;
  }

  async commit(effects: readonly DeviceEffects[]): Promise<void> {
    if (effects.length === 0) return;
    const held = this.#hold(effects);
    const versions = new Map([...held].map(([id, { progressVersion }]) => [id, progressVersion]));
    const seriesIds = await this.#seriesIds.ensured(metricsByDevice(effects));
    try {
      await this.#db.writer.commit(effectsWrite({
        tenantId: this.#tenant.tenantId,
        at: this.#now(),
        seriesId: (deviceId, metricId) => seriesIds.get(deviceId)!.get(metricId)!,
        progressVersion: (deviceId) => versions.get(deviceId)!,
        detectorName: (detectorId) => this.#detectorNames.get(detectorId) ?? detectorId,
      }, effects));
    } catch (error) {
      // Nothing of memory that may be ahead of the database survives.
      for (const deviceId of held.keys()) this.#devices.delete(deviceId);
      if (!(error instanceof GuardError)) throw error;
      throw new StaleDeviceError(await this.#staleDevice(effects, versions));
    }
    for (const remembered of held.values()) remembered.progressVersion++;
  }

  revision(): number {
    return this.#revision;
  }

  async listActiveDevices(): Promise<readonly string[]> {
    const { tenantId } = this.#tenant;
    const rows = await this.#tenant.db.selectFrom("devices").select("external_id")
      .where("tenant_id", "=", tenantId)
      .where("id", "in", (eb) =>
        eb.selectFrom("incidents").select("device_id")
          // Written out, not bound, so that SQLite sees the partial index.
          .where("tenant_id", "=", tenantId).where(sql<boolean>`state <> 'CLOSED'`))
      .orderBy("external_id").execute();
    return rows.map(({ external_id }) => external_id);
  }

  close(): void {
    this.#closing.abort();
  }

  #remember({ profile, progressVersion, detectorNames }: StoredProfile): void {
    this.#devices.delete(profile.deviceId);
    this.#devices.set(profile.deviceId, { progressVersion });
    for (const [id, name] of detectorNames) this.#detectorNames.set(id, name);
    if (this.#devices.size <= DEVICES_REMEMBERED_MAX) return;
    // A map gives its oldest key first.
    for (const oldest of this.#devices.keys()) {
      this.#devices.delete(oldest);
      return;
    }
  }

  /** What is kept of these devices. One that was forgotten has to be read and folded again. */
  #hold(effects: readonly DeviceEffects[]): Map<string, Remembered> {
    return new Map(effects.map(({ deviceId }) => {
      const remembered = this.#devices.get(deviceId);
      if (!remembered) throw new StaleDeviceError(deviceId);
      return [deviceId, remembered];
    }));
  }

  /** The device whose progress or incidents are not as they were; the first one if all are by now. */
  async #staleDevice(
    effects: readonly DeviceEffects[],
    versions: ReadonlyMap<string, number>,
  ): Promise<string> {
    const ids = effects.map(({ deviceId }) => deviceId);
    const stored = await progressVersions(this.#tenant, ids);
    const moved = ids.find((id) => (stored.get(id) ?? 0) !== versions.get(id));
    if (moved !== undefined) return moved;
    const changed = effects.find(({ incidentChanges }) => incidentChanges.length > 0);
    return (changed ?? effects[0]).deviceId;
  }
}

function metricsByDevice(
  effects: readonly DeviceEffects[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(effects.map(({ deviceId, points }) => [
    deviceId,
    new Set(points.map(({ metricId }) => metricId)),
  ]));
}
