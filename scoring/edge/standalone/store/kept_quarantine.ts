import type { QuarantinedSeries } from "../../intake/mod.ts";
import type { SqlDatabase } from "../sql_database.ts";

/** Series in quarantine, the one seen last at the end. */
export function readQuarantine(database: SqlDatabase): readonly QuarantinedSeries[] {
  return database.all("select body from quarantined_series order by body ->> 'lastSeenAt'")
    .map(({ body }) => JSON.parse(String(body)));
}

/** Keeps these as they are now, and the newest `seriesMax` in all. */
export function writeQuarantine(
  database: SqlDatabase,
  changed: readonly QuarantinedSeries[],
  seriesMax: number,
): void {
  database.transaction(() => {
    for (const series of changed) {
      database.run(
        "insert or replace into quarantined_series (device, metric, body) values (?, ?, ?)",
        [series.device, series.metric, JSON.stringify(series)],
      );
    }
    database.run(
      `delete from quarantined_series where (device, metric) in (
        select device, metric from quarantined_series
        order by body ->> 'lastSeenAt' desc, device, metric limit -1 offset ?)`,
      [seriesMax],
    );
  });
}

/** Forgets series that are out of quarantine. */
export function eraseQuarantined(
  database: SqlDatabase,
  series: readonly Pick<QuarantinedSeries, "device" | "metric">[],
): void {
  for (const { device, metric } of series) {
    database.run("delete from quarantined_series where device = ? and metric = ?", [
      device,
      metric,
    ]);
  }
}
