import { LruMap } from "../../ingest/mod.ts";
import type { SqlDatabase } from "../sql_database.ts";

/** Series whose numbers are remembered, about a hundred bytes each. */
const SERIES_REMEMBERED_MAX = 200_000;

/** Numbers under which the points of series lie. */
export class SeriesNumbers {
  readonly #database: SqlDatabase;
  /** By device, then by metric id. */
  #known = rememberedNumbers();

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Forgets what memory knows of the file: a transaction was undone. */
  reset(): void {
    this.#known = rememberedNumbers();
  }

  /** Of all series of a device, by metric id. */
  of(deviceId: string): ReadonlyMap<string, number> {
    return this.#known.get(deviceId) ?? this.#read(deviceId);
  }

  /** The same, once these series exist; in the caller's transaction. */
  ensured(deviceId: string, metricIds: readonly string[]): ReadonlyMap<string, number> {
    const known = this.of(deviceId);
    const missing = metricIds.filter((metricId) => !known.has(metricId));
    if (missing.length === 0) return known;
    this.#database.run(
      "insert or ignore into series (device_id, metric_id) select ?, value from json_each(?)",
      [deviceId, JSON.stringify(missing)],
    );
    return this.#read(deviceId);
  }

  #read(deviceId: string): ReadonlyMap<string, number> {
    const rows = this.#database.all("select id, metric_id from series where device_id = ?", [
      deviceId,
    ]);
    const numbers = new Map(rows.map(({ id, metric_id }) => [String(metric_id), Number(id)]));
    this.#known.set(deviceId, numbers);
    return numbers;
  }
}

function rememberedNumbers() {
  return new LruMap<string, ReadonlyMap<string, number>>(
    SERIES_REMEMBERED_MAX,
    (numbers) => numbers.size + 1,
  );
}
