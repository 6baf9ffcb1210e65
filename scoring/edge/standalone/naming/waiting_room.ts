import { differs, type Ingest, type IngestResult, LruMap, tooFarAhead } from "../../ingest/mod.ts";
import type { WaitingPoint } from "../../intake/mod.ts";
import { FUTURE_MS_MAX } from "../../limits.ts";
import type { Refusal } from "../../wire/mod.ts";
import {
  NAMES_PER_SYNC_MAX,
  type RefusedName,
  type WantedMetric,
  type WantedNames,
} from "../protocol.ts";
import type { DiskRoom, HeldPoint, WaitingPoints, WaitingSeries } from "../store/mod.ts";
import type { KnownNames } from "./known_names.ts";

/** Points that may wait for their names, about 30 MB on disk; the oldest make room. */
export const WAITING_POINTS_MAX = 1_000_000;

/** Series that may wait for their names: more than a tenant may have metrics, on ten devices. */
export const WAITING_SERIES_MAX = 10_000;

/** Points that go on at once. */
const POINTS_PER_STEP = 5_000;

/** Names that the gateway did not make and that are not asked for again at each sample. */
const REFUSALS_MAX = 10_000;

/** After this a name is asked for again, as a gateway does with its own senders. */
const REFUSAL_TRUE_MS = 60_000;

/** A series that left without its names, with what had waited of it. */
export interface GivenUpSeries {
  readonly series: WaitingSeries;
  readonly points: number;
  readonly lastAt: number;
  readonly lastValue: number;
}

/** Where points wait until the gateway has made their names: what is accepted here is durable. */
export class WaitingRoom {
  readonly #waiting: WaitingPoints;
  readonly #disk: DiskRoom;
  readonly #now: () => number;
  readonly #refusals = new LruMap<string, { readonly message: string; readonly at: number }>(
    REFUSALS_MAX,
  );

  /** @param now Wall clock, ms. */
  constructor(waiting: WaitingPoints, disk: DiskRoom, now: () => number) {
    this.#waiting = waiting;
    this.#disk = disk;
    this.#now = now;
  }

  /** How much waits. */
  totals(): { readonly series: number; readonly points: number } {
    return { series: this.#waiting.listSeries().length, points: this.#waiting.pointCount };
  }

  /**
   * Keeps points, as an ingest would once their names are known.
   * @param onDropped Told how many older ones had to go.
   * @throws {DiskFullError}
   */
  hold(points: readonly WaitingPoint[], onDropped: (points: number) => void): IngestResult {
    const refused: Refusal[] = [];
    const taken: WaitingPoint[] = [];
    const values = new Map<string, number>();
    let duplicates = 0;
    const before = this.#waiting.findValues(points);
    const seriesKnown = this.#seriesKeys();
    points.forEach((waiting, index) => {
      const { point } = waiting;
      const fault = this.#faultOf(waiting, seriesKnown);
      const known = before[index] ?? values.get(instantOf(waiting));
      if (fault !== undefined) refused.push({ index, ...fault });
      else if (known === point.value) duplicates++;
      else if (known !== undefined) {
        const message = differs(point, known);
        refused.push({ index, field: "at", code: "DUPLICATE_TIMESTAMP", message });
      } else {
        values.set(instantOf(waiting), point.value);
        seriesKnown.add(seriesOf(waiting));
        taken.push(waiting);
      }
    });
    const dropped = this.#disk.write(() => this.#waiting.add(taken, WAITING_POINTS_MAX));
    if (dropped > 0) onDropped(dropped);
    return { accepted: taken.length, late: 0, duplicates, refused };
  }

  /** What the gateway should make; `undefined` when nothing waits for it. */
  wanted(known: KnownNames): WantedNames | undefined {
    const devices = new Set<string>();
    const metrics = new Map<string, WantedMetric>();
    for (const { device, metric } of this.#waiting.listSeries()) {
      if (devices.size + metrics.size >= NAMES_PER_SYNC_MAX) break;
      if (!known.hasDevice(device)) devices.add(device);
      if (!known.hasMetric(metric.name) && !metrics.has(metric.name)) {
        metrics.set(metric.name, metric);
      }
    }
    if (devices.size + metrics.size === 0) return undefined;
    return { devices: [...devices], metrics: [...metrics.values()] };
  }

  /** Gives up series whose names the gateway did not make. */
  refuse(names: readonly RefusedName[]): readonly GivenUpSeries[] {
    const at = this.#now();
    for (const { name, message } of names) this.#refusals.set(name, { message, at });
    const refused = new Set(names.map(({ name }) => name));
    return this.#waiting.listSeries()
      .filter(({ device, metric }) => refused.has(device) || refused.has(metric.name))
      .flatMap((series) => {
        const held = this.#disk.write(() => this.#waiting.removeSeries(series.id));
        return held === undefined ? [] : [{ series, ...held }];
      });
  }

  /**
   * Gives points whose names are known by now to the ingest, of each device in the order of their
   * event times, as they would have come.
   * @param onRefused Told of points that cannot be taken; they are gone.
   */
  async release(
    ingest: Ingest,
    known: KnownNames,
    onRefused: (refused: readonly Refusal[]) => void,
  ): Promise<void> {
    const ready = this.#waiting.listSeries()
      .filter(({ device, metric }) => known.hasSeries(device, metric.name));
    for (const device of new Set(ready.map((series) => series.device))) {
      const series = new Map(
        ready.filter((each) => each.device === device).map((each) => [each.id, each]),
      );
      for (;;) {
        const points = this.#waiting.listOldest([...series.keys()], POINTS_PER_STEP);
        if (points.length === 0) break;
        // Until then they wait; what was taken already is known to the ingest.
        const { refused } = await ingest.ingest(points.map((point) => pointOf(point, series)));
        this.#disk.write(() => this.#waiting.remove(points));
        if (refused.length > 0) onRefused(refused);
      }
    }
  }

  #seriesKeys(): Set<string> {
    return new Set(
      this.#waiting.listSeries().map(({ device, metric }) => `${device}\n${metric.name}`),
    );
  }

  #faultOf(
    waiting: WaitingPoint,
    seriesKnown: ReadonlySet<string>,
  ): Omit<Refusal, "index"> | undefined {
    const { device, metric, at } = waiting.point;
    if (at > this.#now() + FUTURE_MS_MAX) {
      return { field: "at", code: "FUTURE_TIMESTAMP", message: tooFarAhead(at) };
    }
    for (const [field, name] of [["device", device], ["metric", metric]] as const) {
      const refusal = this.#refusals.get(name);
      if (refusal === undefined || this.#now() - refusal.at >= REFUSAL_TRUE_MS) continue;
      return { field, code: "QUOTA_EXCEEDED", message: refusal.message };
    }
    if (seriesKnown.size < WAITING_SERIES_MAX || seriesKnown.has(seriesOf(waiting))) {
      return undefined;
    }
    const message = `Cannot take another series as ${WAITING_SERIES_MAX} wait for the gateway`;
    return { field: "metric", code: "QUOTA_EXCEEDED", message };
  }
}

function pointOf(
  { seriesId, at, value }: HeldPoint,
  series: ReadonlyMap<number, WaitingSeries>,
) {
  const { device, metric } = series.get(seriesId)!;
  return { device, metric: metric.name, at, value };
}

/** Names have no control characters, so that parts are told apart. */
function seriesOf({ point: { device, metric } }: WaitingPoint): string {
  return `${device}\n${metric}`;
}

function instantOf(waiting: WaitingPoint): string {
  return `${waiting.point.at}\n${seriesOf(waiting)}`;
}
