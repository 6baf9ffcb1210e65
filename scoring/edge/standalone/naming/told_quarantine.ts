import { Quarantine, QUARANTINED_SERIES_MAX, type QuarantinedSeries } from "../../intake/mod.ts";
import { DiskFullError } from "../../store.ts";
import { QUARANTINED_PER_SYNC_MAX } from "../protocol.ts";
import {
  type DiskRoom,
  eraseQuarantined,
  readQuarantine,
  type SqlDatabase,
  writeQuarantine,
} from "../store/mod.ts";
import type { KnownNames } from "./known_names.ts";

/** A series that only goes on is told so often: its count grows with every scrape. */
const TOLD_EVERY_MS = 60_000;

/** An edge's quarantine, kept in its file and told to its gateway. */
export class ToldQuarantine {
  readonly quarantine: Quarantine;
  readonly #database: SqlDatabase;
  readonly #disk: DiskRoom;
  /** What the gateway has not heard of as it is, and when it last heard of the series. */
  readonly #untold = new Map<string, QuarantinedSeries>();
  readonly #toldAt = new Map<string, number>();

  constructor(database: SqlDatabase, disk: DiskRoom) {
    this.#database = database;
    this.#disk = disk;
    const known = readQuarantine(database);
    this.quarantine = new Quarantine(known);
    for (const series of known) this.#untold.set(keyOf(series), series);
  }

  /** Keeps what has changed. */
  save(): void {
    const changed = this.quarantine.takeChanged();
    if (changed.length === 0) return;
    this.#write(changed);
    for (const series of changed) this.#untold.set(keyOf(series), series);
    // As many as are listed: the gateway keeps what it was told of the others.
    for (const key of [...this.#untold.keys()].slice(0, -QUARANTINED_SERIES_MAX)) {
      this.#untold.delete(key);
    }
  }

  #write(changed: readonly QuarantinedSeries[]): void {
    try {
      this.#disk.write(() => writeQuarantine(this.#database, changed, QUARANTINED_SERIES_MAX));
    } catch (error) {
      // The gateway is told all the same, and its answer may make room.
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  /** Lets series go whose names are known by now. */
  forget(known: KnownNames): void {
    const gone = this.quarantine.forget(({ device, metric }) => known.hasSeries(device, metric));
    eraseQuarantined(this.#database, gone);
    for (const series of gone) {
      this.#untold.delete(keyOf(series));
      this.#toldAt.delete(keyOf(series));
    }
  }

  /** What the gateway should hear of now. */
  untold(now: number): readonly QuarantinedSeries[] {
    const isDue = (key: string) => now - (this.#toldAt.get(key) ?? -Infinity) >= TOLD_EVERY_MS;
    return [...this.#untold].filter(([key]) => isDue(key)).slice(0, QUARANTINED_PER_SYNC_MAX)
      .map(([, series]) => series);
  }

  /** The gateway has heard of these. */
  settle(told: readonly QuarantinedSeries[], now: number): void {
    for (const series of told) {
      const key = keyOf(series);
      if (this.#untold.get(key) === series) this.#untold.delete(key);
      this.#toldAt.set(key, now);
    }
    for (const [key, at] of this.#toldAt) {
      if (now - at >= TOLD_EVERY_MS) this.#toldAt.delete(key);
    }
  }
}

function keyOf({ device, metric }: QuarantinedSeries): string {
  return `${device}\n${metric}`;
}
