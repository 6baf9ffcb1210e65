import type { MappingSettings } from "../../mapping/mod.ts";
import type { DeviceEffects } from "../../../pipeline/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../time/mod.ts";
import {
  type DeviceProfile,
  type EdgeStore,
  type PointKey,
  type StoredPoint,
  type Vocabulary,
} from "../../store.ts";
import { AROUND_ANOMALY_MS, type DeviceRules, Forwarding } from "../forwarding/mod.ts";
import type { Assigned, KeptDevice } from "./assigned.ts";
import { forgetWhatIsOver } from "./forget.ts";
import { KeptIncidents } from "./kept_incidents.ts";
import { KeptMetrics } from "./kept_metrics.ts";
import { KeptPoints } from "./kept_points.ts";
import type { Outbox } from "../outbox/mod.ts";
import type { ForwardingPolicy, SyncAnswer, SyncItem } from "../protocol.ts";
import { DISK_BYTES_MAX, DiskRoom, diskShares } from "./disk_room.ts";
import type { SqlDatabase } from "../sql_database.ts";
import { readMeta, writeMeta } from "./tables.ts";
import { seriesPerTransaction, transactionParts } from "./transaction_parts.ts";

/**
 * Points of the newest minutes stay even where a write would need their room: the open buckets are
 * made of them.
 */
const NEWEST_KEPT_MS = 10 * 60_000;

export interface SqliteStoreOptions {
  /** The most that goes up beside anomalies and incidents; all where not given. */
  readonly policy?: ForwardingPolicy;
  /** Of `DISK_BYTES_MAX` where not given. */
  readonly room?: DiskRoom;
}

/** A stand-alone edge's store: one SQLite file with points, progress, incidents and outbox. */
export class SqliteStore implements EdgeStore {
  /** Incidents of all devices. */
  readonly incidents: KeptIncidents;
  /** What the file takes of its disk. */
  readonly room: DiskRoom;
  readonly #database: SqlDatabase;
  readonly #outbox: Outbox;
  readonly #metrics: KeptMetrics;
  readonly #points: KeptPoints;
  readonly #forwarding: Forwarding;
  #revision = 0;
  #devices: readonly KeptDevice[] | undefined;
  #mapping: MappingSettings | undefined;
  #commandsTag: string | undefined;

  constructor(
    database: SqlDatabase,
    outbox: Outbox,
    { policy = "all", room = new DiskRoom(database, diskShares(DISK_BYTES_MAX)) }:
      SqliteStoreOptions = {},
  ) {
    this.#database = database;
    this.room = room;
    this.#outbox = outbox;
    this.#metrics = new KeptMetrics(database);
    this.#points = new KeptPoints(database);
    this.#forwarding = new Forwarding(
      { database, points: this.#points, policy },
      (deviceId) => this.#rulesOf(deviceId),
    );
    this.incidents = new KeptIncidents(database);
  }

  /** Names the commands that were obeyed last. */
  get commandsTag(): string | undefined {
    return this.#commandsTag;
  }

  /** All devices that are assigned to this edge, by name; the same list until they change. */
  listDevices(): readonly KeptDevice[] {
    return this.#devices ??= this.#database.all("select profile from devices order by name")
      .map(({ profile }) => JSON.parse(String(profile)));
  }

  /** How senders' names are mapped; the same object until that changes, `undefined` at first. */
  mapping(): MappingSettings | undefined {
    if (this.#mapping === undefined) {
      const body = readMeta(this.#database, "mapping");
      this.#mapping = body === undefined ? undefined : JSON.parse(body);
    }
    return this.#mapping;
  }

  /** Replaces what is assigned; points, progress and incidents stay. */
  replaceAssigned({ devices, metrics, mapping }: Assigned): void {
    const isNewMapping = mapping !== undefined && mapping !== this.#mapping;
    this.#database.transaction(() => {
      this.#metrics.replace(metrics);
      this.#database.run("delete from devices");
      for (const device of devices) {
        this.#database.run("insert into devices (name, device_id, profile) values (?, ?, ?)", [
          device.name,
          device.deviceId,
          JSON.stringify(device),
        ]);
      }
      if (isNewMapping) writeMeta(this.#database, "mapping", JSON.stringify(mapping));
      this.#forgetBundles(devices);
    });
    this.#devices = undefined;
    this.#mapping = mapping;
    this.#forwarding.reset();
    this.#revision++;
  }

  /** Those that are in force stay, which are the last good ones. */
  #forgetBundles(devices: readonly KeptDevice[]): void {
    const ids = devices.flatMap(({ assignments }) => assignments.map(({ modelId }) => modelId));
    this.#database.run(
      "delete from bundles where model_id not in (select value from json_each(?))",
      [JSON.stringify([...new Set(ids)])],
    );
  }

  /** All that the tenant measures. */
  get vocabulary(): Vocabulary {
    return this.#metrics.vocabulary;
  }

  findDevice(name: string): Promise<DeviceProfile | undefined> {
    const [row] = this.#database.all("select profile from devices where name = ?", [name]);
    return Promise.resolve(row && this.#profileOf(JSON.parse(String(row.profile))));
  }

  #profileOf(device: KeptDevice): DeviceProfile {
    const { deviceId } = device;
    return {
      ...device,
      watermark: this.watermarkOf(deviceId) ?? null,
      metrics: this.#metrics.vocabulary,
      incidents: this.incidents.listActive(deviceId),
    };
  }

  /** `undefined` before the device's first point. */
  watermarkOf(deviceId: string): number | undefined {
    const [row] = this.#database.all("select watermark from progress where device_id = ?", [
      deviceId,
    ]);
    return row === undefined ? undefined : Number(row.watermark);
  }

  findValues(deviceId: string, keys: readonly PointKey[]): Promise<(number | undefined)[]> {
    return Promise.resolve(this.#points.findValues(deviceId, keys));
  }

  listNewest(deviceId: string): Promise<Map<string, number>> {
    return Promise.resolve(this.#points.newestOf(deviceId));
  }

  listPoints(deviceId: string, metrics: readonly string[], from: number): Promise<StoredPoint[]> {
    const { vocabulary, names } = this.#metrics;
    const metricIds = metrics.flatMap((name) => vocabulary.get(name)?.metricId ?? []);
    const points = this.#points.listFrom(deviceId, metricIds, from);
    return Promise.resolve(
      points.map(({ metricId, at, value }) => ({ metric: names.get(metricId)!, at, value })),
    );
  }

  hasBundle(modelId: string): boolean {
    const rows = this.#database.all("select 1 from bundles where model_id = ?", [modelId]);
    return rows.length > 0;
  }

  keepBundle(modelId: string, bytes: Uint8Array): void {
    this.#database.run("insert or replace into bundles (model_id, bytes) values (?, ?)", [
      modelId,
      bytes,
    ]);
  }

  /** Forgets a damaged one, so that it is fetched again. */
  forgetBundle(modelId: string): void {
    this.#database.run("delete from bundles where model_id = ?", [modelId]);
  }

  loadBundle(modelId: string): Promise<Uint8Array> {
    const [row] = this.#database.all("select bytes from bundles where model_id = ?", [modelId]);
    return row?.bytes instanceof Uint8Array
      ? Promise.resolve(row.bytes)
      : Promise.reject(new RangeError(`Cannot find the bundle of model "${modelId}"`));
  }

  commit(effects: readonly DeviceEffects[]): Promise<void> {
    try {
      // What was stored of a request that fails later is known as duplicates when it comes again.
      for (const part of transactionParts(effects, this.#transactionBytes)) {
        this.#record(() => {
          this.#points.add(part);
          for (const each of part) this.#apply(each);
          return part.flatMap((each) => this.#forwarding.itemOf(each) ?? []);
        });
      }
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** What one transaction may write; the other half of the log is of those before it. */
  get #transactionBytes(): number {
    return this.room.shares.logBytesMax / 2;
  }

  /** Runs a change and puts what it gives into the outbox, in one transaction. */
  #record(change: () => readonly SyncItem[]): void {
    const { settle } = this.room.write(
      () => this.#undoable(() => this.#database.transaction(() => this.#outbox.add(change()))),
      () => this.#hasDropped(),
    );
    settle();
  }

  /** For a write that finds no room. */
  #hasDropped(): boolean {
    return this.#dropOldest(NEWEST_KEPT_MS) !== undefined;
  }

  /** Runs a change to the points that leaves nothing in memory when it fails. */
  #undoable<T>(change: () => T): T {
    try {
      return change();
    } catch (error) {
      this.#points.reset();
      throw error;
    }
  }

  #apply(effects: DeviceEffects): void {
    const { deviceId, watermark, incidentChanges } = effects;
    this.#database.run(
      "insert or replace into progress (device_id, watermark) values (?, ?)",
      [deviceId, watermark],
    );
    for (const { incident } of incidentChanges) this.incidents.put(incident);
  }

  /** Does what people did at the gateway; what was not told again was obeyed before. */
  obey({ commands = [], commandsTag }: Pick<SyncAnswer, "commands" | "commandsTag">): void {
    const changed = this.room.write(() =>
      this.#database.transaction(() =>
        commands.filter((theirs) => this.incidents.obey(theirs)).length
      )
    );
    this.#commandsTag = commandsTag;
    if (changed > 0) this.#revision++;
  }

  revision(): number {
    return this.#revision;
  }

  listActiveDevices(): Promise<readonly string[]> {
    const rows = this.#database.all(
      `select name from devices where device_id in
        (select device_id from incidents where state <> 'CLOSED') order by name`,
    );
    return Promise.resolve(rows.map(({ name }) => String(name)));
  }

  /** Puts sketches of periods that are over into the outbox. */
  closeWindows(): void {
    this.#record(() => this.#forwarding.closeWindows());
  }

  /** Calendar and zone are those of what judges the device. */
  #rulesOf(deviceId: string): DeviceRules {
    const [row] = this.#database.all("select profile from devices where device_id = ?", [deviceId]);
    const device: KeptDevice | undefined = row && JSON.parse(String(row.profile));
    const setting = device?.assignments[0]?.setting;
    return {
      calendar: setting?.calendar ?? SMARTBOX_CALENDAR,
      zone: setting?.zone ?? UTC,
      policies: new Map(Object.entries(device?.forwarding ?? {})),
      counters: this.#metrics.counters,
    };
  }

  /**
   * Puts some of the newest points where they are found at once, for some ten milliseconds.
   * @returns Whether there may be more to do.
   */
  tidy(): boolean {
    return this.room.write(() => this.#points.tidy(), () => this.#hasDropped());
  }

  /**
   * Drops points that are further behind their device's watermark than this, devices that are assigned
   * no more and silent for as long, and what is over.
   */
  forget(behindMs: number, now: number): void {
    this.room.write(() => this.#points.forgetBehind(behindMs));
    this.room.write(() => forgetWhatIsOver(this.#database, { now, deviceKeptMs: behindMs }));
    // Series are among what is forgotten.
    this.#points.reset();
  }

  /**
   * Drops some of the oldest points when the file is nearly full; the newest hour stays, for what lies
   * around an anomaly, unless points are refused already. Sketches of stretches that began before then
   * tell what is left.
   *
   * @returns The instant before which points were dropped; `undefined` when none were.
   */
  dropWhatIsTooMuch(): number | undefined {
    if (!this.room.isTight) return undefined;
    const newestKeptMs = this.room.isFull ? NEWEST_KEPT_MS : AROUND_ANOMALY_MS;
    return this.room.write(() => this.#dropOldest(newestKeptMs));
  }

  #dropOldest(newestKeptMs: number): number | undefined {
    const [{ newest }] = this.#database.all("select max(watermark) as newest from progress");
    if (newest === null) return undefined;
    const keptFrom = Number(newest) - newestKeptMs;
    return this.#points.dropOldest(keptFrom, seriesPerTransaction(this.#transactionBytes));
  }
}
