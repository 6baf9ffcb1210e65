import type { Awaitable } from "../async/awaitable.ts";
import type { BundleError } from "../../bundle/mod.ts";
import type { Model } from "../../detect/mod.ts";
import type { DeviceEffects, JudgedBucket } from "../../pipeline/mod.ts";
import type { TelemetryPoint } from "../../point.ts";
import { DEFAULT_EDGE_LIMITS } from "../limits.ts";
import { pause } from "../async/pause.ts";
import { type EdgeStore, StaleDeviceError, type StoredPoint } from "../store.ts";
import { quoted, type Refusal } from "../wire/mod.ts";
import {
  type DeviceSession,
  isCurrent,
  openSession,
  type SessionContext,
  settle,
} from "./device_session.ts";
import { KeyedQueue } from "./keyed_queue.ts";
import { LruMap } from "./lru_map.ts";
import { type Admission, admit, type IndexedPoint } from "./point_admission.ts";

/**
 * Evaluated metrics kept in memory, of all devices together: with five days of 5-minute history at
 * about 75 kB each, 300 MB at the most.
 */
const METRICS_IN_MEMORY_MAX = 4_000;

/** Series of a device that take as much as one evaluated metric: their newest instants are kept. */
const SERIES_PER_METRIC = 1_000;

/** A device changes under a request only when a person or another writer acts in the same instant. */
const TRIES_MAX = 3;

/** Devices of which it is known when they were last heard; one takes about 100 bytes. */
const DEVICES_HEARD_MAX = 100_000;

/** Devices folded before others may run: each may have days of silence to close. */
const DEVICES_PER_SLICE = 32;

export interface IngestOptions {
  readonly tenantId: string;
  readonly store: EdgeStore;
  /** Opens a model that an assignment names; called once a device, so it should cache. */
  readonly openModel: (modelId: string) => Awaitable<Model>;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** "live": `tick` closes the buckets of silent devices; "replay": only data does. */
  readonly clockMode?: "live" | "replay";
  readonly metricsInMemoryMax?: number;
  readonly requestsWaitingMax?: number;
  /** Sees all effects right after their commit, for counting. */
  readonly onCommitted?: (effects: readonly DeviceEffects[]) => void;
  /** Told of a bundle that cannot be opened; its detector does not judge. */
  readonly onBadBundle?: (error: BundleError, modelId: string) => void;
}

/** What became of the points of one request: each is accepted, a duplicate or refused. */
export interface IngestResult {
  readonly accepted: number;
  /** Of the accepted ones: stored, but not judged, as their device's detectors were past them. */
  readonly late: number;
  readonly duplicates: number;
  /** Ascending by index into the points given. */
  readonly refused: readonly Refusal[];
}

/** Takes a tenant's points: admits, folds, judges and commits them. */
export interface Ingest {
  /**
   * Resolves once everything accepted is durable, together with its verdicts.
   * @throws {NotRecordedError} When the store failed or devices kept changing: nothing is recorded.
   * @throws {QueueFullError} When too many requests wait.
   */
  ingest(points: readonly TelemetryPoint[]): Promise<IngestResult>;
  /**
   * Closes the buckets of devices that have been silent; does nothing in replay.
   * @throws {AggregateError} Of the devices that failed, after all others had their turn.
   */
  tick(): Promise<void>;
  /** Points of a device that are not late, with from ≤ at, ascending; none of an unknown device. */
  history(
    device: string,
    metrics: readonly string[],
    from: number,
  ): Promise<readonly StoredPoint[]>;
  /** Of each detector the newest bucket of a device that it has judged; none of a device not in memory. */
  judged(device: string): readonly JudgedBucket[];
  /** Devices in memory. */
  readonly deviceCount: number;
  /** Requests that run or wait. */
  readonly waiting: number;
}

/** Nothing of the request is recorded; the same request may be sent again. */
export class NotRecordedError extends Error {
  override readonly name = "NotRecordedError";
}

/** A device in memory, and what of all that may be there it takes. */
interface WeighedSession extends DeviceSession {
  weight: number;
}

/** One device's part of a request, folded but not yet committed. */
interface Fold {
  readonly session: WeighedSession | undefined;
  readonly admission: Admission;
  readonly effects: DeviceEffects | undefined;
}

export function createIngest(options: IngestOptions): Ingest {
  return new SerialIngest(options);
}

/** In evaluated metrics; a device without detectors still counts as one. */
function weightOf({ plans, newestAt }: DeviceSession): number {
  const series = Math.floor(newestAt.size / SERIES_PER_METRIC);
  return plans.reduce((sum, { metrics }) => sum + metrics.length, 1 + series);
}

/** Runs requests that share a device one after the other, and others at the same time. */
class SerialIngest implements Ingest {
  readonly #options: IngestOptions;
  readonly #context: SessionContext;
  readonly #sessions: LruMap<string, WeighedSession>;
  readonly #queue: KeyedQueue;
  /** Wall clock at which each device was last heard, or at which its silence was first looked at. */
  readonly #heardAt = new LruMap<string, number>(DEVICES_HEARD_MAX);

  constructor(options: IngestOptions) {
    const { tenantId, store, openModel, onBadBundle = () => {} } = options;
    this.#options = options;
    this.#context = { tenantId, store, openModel, onBadBundle };
    this.#sessions = new LruMap(
      options.metricsInMemoryMax ?? METRICS_IN_MEMORY_MAX,
      ({ weight }) => weight,
    );
    this.#queue = new KeyedQueue(
      options.requestsWaitingMax ?? DEFAULT_EDGE_LIMITS.requestsWaitingMax,
    );
  }

  judged(device: string): readonly JudgedBucket[] {
    return this.#sessions.peek(device)?.pipeline.judged ?? [];
  }

  get deviceCount(): number {
    return this.#sessions.size;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  async ingest(points: readonly TelemetryPoint[]): Promise<IngestResult> {
    const groups = groupByDevice(points);
    const folds = await this.#recorded([...groups.keys()], () => this.#ingestGroups(groups));
    return resultOf(folds);
  }

  async history(
    device: string,
    metrics: readonly string[],
    from: number,
  ): Promise<readonly StoredPoint[]> {
    const { store } = this.#options;
    const profile = await store.findDevice(device);
    return profile === undefined ? [] : await store.listPoints(profile.deviceId, metrics, from);
  }

  async tick(): Promise<void> {
    const { store, clockMode } = this.#options;
    if (clockMode === "replay") return;
    const active = await store.listActiveDevices?.() ?? [];
    const failures: unknown[] = [];
    for (const name of new Set([...this.#sessions.keys(), ...active])) {
      await this.#recorded([name], () => this.#tickDevice(name))
        .catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, "Cannot tick some devices");
  }

  /**
   * Runs `work` in its turn, and again when a device has changed under it. Whatever fails, nothing of
   * memory that may have been folded without being stored survives.
   */
  async #recorded<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    return await this.#queue.run(names, async () => {
      for (let tries = 1;; tries++) {
        try {
          return await work();
        } catch (cause) {
          for (const name of names) this.#sessions.delete(name);
          if (cause instanceof StaleDeviceError && tries < TRIES_MAX) continue;
          throw new NotRecordedError("Cannot record: the store did not take it", { cause });
        }
      }
    });
  }

  async #ingestGroups(groups: ReadonlyMap<string, readonly IndexedPoint[]>): Promise<Fold[]> {
    const folds: Fold[] = [];
    for (const [name, group] of groups) {
      if (folds.length % DEVICES_PER_SLICE === DEVICES_PER_SLICE - 1) await pause();
      folds.push(await this.#foldGroup(name, group));
    }
    await this.#commit(folds);
    return folds;
  }

  async #foldGroup(name: string, group: readonly IndexedPoint[]): Promise<Fold> {
    const { store, now } = this.#options;
    const session = await this.#currentSession(name);
    if (session === undefined) {
      return { session, admission: refuseDevice(name, group), effects: undefined };
    }
    const admission = await admit(store, session, group, now());
    const { accepted } = admission;
    const effects = accepted.length > 0 ? this.#fold(session, accepted) : undefined;
    return { session, admission, effects };
  }

  #fold(
    { profile, pipeline }: DeviceSession,
    accepted: readonly TelemetryPoint[],
  ): DeviceEffects {
    const { clockMode, now } = this.#options;
    if (clockMode === "replay") return pipeline.fold(accepted);
    const wall = now();
    this.#heardAt.set(profile.name, wall);
    return pipeline.fold(accepted, wall);
  }

  /** A device's clock goes on from its newest point for as long as it is silent. */
  async #tickDevice(name: string): Promise<void> {
    const session = await this.#currentSession(name);
    if (session === undefined) return;
    const { pipeline } = session;
    const wall = this.#options.now();
    const heardAt = this.#heardAt.get(name) ?? wall;
    this.#heardAt.set(name, heardAt);
    const clock = pipeline.newestAt === null ? -Infinity : pipeline.newestAt + wall - heardAt;
    const effects = pipeline.tick(clock) ?? pipeline.release(wall);
    await this.#commit([{ session, admission: NOTHING, effects }]);
  }

  async #currentSession(name: string): Promise<WeighedSession | undefined> {
    const known = this.#sessions.get(name);
    if (known !== undefined && await isCurrent(this.#context, known)) return known;
    this.#sessions.delete(name);
    const opened = await openSession(this.#context, name);
    if (opened === undefined) return undefined;
    const weighed = { ...opened, weight: weightOf(opened) };
    this.#sessions.set(name, weighed);
    return weighed;
  }

  /** A device that has got many series may push out others. */
  #weighAgain(session: WeighedSession): void {
    const weight = weightOf(session);
    if (weight === session.weight) return;
    const { name } = session.profile;
    this.#sessions.delete(name);
    session.weight = weight;
    this.#sessions.set(name, session);
  }

  async #commit(folds: readonly Fold[]): Promise<void> {
    const effects = folds.flatMap((fold) => fold.effects ?? []);
    if (effects.length === 0) return;
    await this.#options.store.commit(effects);
    for (const fold of folds) {
      settleFold(fold);
      if (fold.session !== undefined) this.#weighAgain(fold.session);
    }
    this.#options.onCommitted?.(effects);
  }
}

const NOTHING: Admission = { accepted: [], duplicates: 0, refused: [] };

function groupByDevice(points: readonly TelemetryPoint[]): Map<string, IndexedPoint[]> {
  const groups = new Map<string, IndexedPoint[]>();
  points.forEach((point, index) => {
    const group = groups.get(point.device);
    if (group === undefined) groups.set(point.device, [{ index, point }]);
    else group.push({ index, point });
  });
  return groups;
}

function refuseDevice(name: string, group: readonly IndexedPoint[]): Admission {
  const message = `Cannot find a device named ${quoted(name)}`;
  const refused = group.map(({ index }): Refusal => (
    { index, field: "device", code: "DEVICE_UNKNOWN", message }
  ));
  return { ...NOTHING, refused };
}

function settleFold({ session, effects }: Fold): void {
  if (session === undefined || effects === undefined) return;
  settle(session, effects);
  const { newestAt } = session;
  for (const { metricId, at } of effects.points) {
    const before = newestAt.get(metricId);
    if (before === undefined || at > before) newestAt.set(metricId, at);
  }
}

function resultOf(folds: readonly Fold[]): IngestResult {
  const admissions = folds.map((fold) => fold.admission);
  return {
    accepted: sum(admissions.map(({ accepted }) => accepted.length)),
    late: sum(folds.map(({ effects }) => effects?.points.filter(({ late }) => late).length ?? 0)),
    duplicates: sum(admissions.map(({ duplicates }) => duplicates)),
    refused: admissions.flatMap(({ refused }) => refused).sort((a, b) => a.index - b.index),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
