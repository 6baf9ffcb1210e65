import { LruMap } from "../ingest/lru_map.ts";
import type { MappedSeries, MetricKind, SourceKind, SourceSeries } from "../mapping/mod.ts";

/** Series that are listed; of more, those seen longest ago are forgotten. */
export const QUARANTINED_SERIES_MAX = 1_000;

/** Characters of the labels that are told of one series: a person reads them. */
const LABELS_LENGTH_MAX = 2_000;

/** How a source names a series, as far as a person needs it to know the series by. */
export interface SeriesOrigin {
  readonly source: SourceKind;
  readonly name: string;
  /** Labels, and what else rules may use; the first of them where they are long. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A series under a device or metric that is not known, whose points are kept out. */
export interface QuarantinedSeries {
  /** What the device and metric would be called. */
  readonly device: string;
  readonly metric: string;
  /** Empty where nobody states one. */
  readonly unit: string;
  readonly kind: MetricKind;
  /** Null while its labels have not been read since it is listed. */
  readonly origin: SeriesOrigin | null;
  /** Points that came under it since it is listed. */
  readonly points: number;
  /** Wall clock, ms. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Event time of the point that came last, ms, and its value. */
  readonly lastAt: number;
  readonly lastValue: number;
}

/** A point that is kept out, or the last of several. */
export interface KeptOutPoint {
  readonly series: MappedSeries;
  /** As its source names it, where that is known. */
  readonly origin?: SourceSeries;
  readonly at: number;
  readonly value: number;
  /** How many; 1 where not given. */
  readonly points?: number;
}

/** How much is kept out. */
export interface QuarantineTotals {
  readonly series: number;
  readonly points: number;
}

/** Series whose points are kept out, so that a person can look at them. */
export class Quarantine {
  readonly #series = new LruMap<string, QuarantinedSeries>(QUARANTINED_SERIES_MAX);
  /** Keys of what has changed since `takeChanged`. */
  readonly #changed = new Set<string>();

  /** @param known As they were listed before a restart. */
  constructor(known: readonly QuarantinedSeries[] = []) {
    for (const series of known) this.#series.set(keyOf(series), series);
  }

  /** Counts a point, under the wall clock `now`. */
  add({ series, origin, at, value, points = 1 }: KeptOutPoint, now: number): void {
    const { device, metric, unit, kind } = series;
    const key = keyOf(series);
    const known = this.#series.get(key);
    this.#series.set(key, {
      device,
      metric,
      unit,
      kind,
      origin: known?.origin ?? (origin === undefined ? null : originOf(origin)),
      points: (known?.points ?? 0) + points,
      firstSeenAt: known?.firstSeenAt ?? now,
      lastSeenAt: now,
      lastAt: at,
      lastValue: value,
    });
    this.#changed.add(key);
  }

  /** The one seen last comes last. */
  list(): readonly QuarantinedSeries[] {
    return this.#series.keys().flatMap((key) => this.#series.get(key) ?? []);
  }

  totals(): QuarantineTotals {
    const all = this.list();
    return { series: all.length, points: all.reduce((sum, { points }) => sum + points, 0) };
  }

  /** What has changed since it was last asked, as it is now. */
  takeChanged(): readonly QuarantinedSeries[] {
    if (this.#changed.size === 0) return [];
    const changed = this.list().filter((series) => this.#changed.has(keyOf(series)));
    this.#changed.clear();
    return changed;
  }

  /** Forgets series whose names are known by now; gives them. */
  forget(isKnown: (series: QuarantinedSeries) => boolean): readonly QuarantinedSeries[] {
    const known = this.list().filter(isKnown);
    for (const series of known) {
      this.#series.delete(keyOf(series));
      this.#changed.delete(keyOf(series));
    }
    return known;
  }
}

/** Names have no control characters, so the pair is told apart. */
function keyOf({ device, metric }: Pick<QuarantinedSeries, "device" | "metric">): string {
  return `${device}\n${metric}`;
}

/** Levels of a topic by number, which all of it tells as well. */
const NUMBERED_LEVEL = /^topic\.-?\d+$/;

function originOf({ source, name, labels, resource }: SourceSeries): SeriesOrigin {
  const told: [string, string][] = [];
  let length = 0;
  for (const [label, value] of new Map([...resource ?? [], ...labels])) {
    if (NUMBERED_LEVEL.test(label)) continue;
    length += label.length + value.length;
    if (length > LABELS_LENGTH_MAX) break;
    told.push([label, value]);
  }
  return { source, name, labels: Object.fromEntries(told) };
}
