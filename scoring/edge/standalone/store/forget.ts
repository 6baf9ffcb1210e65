import type { SqlDatabase } from "../sql_database.ts";

const DAY_MS = 86_400_000;

/** A closed incident is looked back at for a quarter; the gateway has it for longer. */
const CLOSED_KEPT_MS = 90 * DAY_MS;

/** Of a site with much trouble the newest stay: some megabytes, a screen of which is 200. */
export const CLOSED_KEPT_MAX = 2_000;

/** Who has not looked for what was set aside in a quarter will not. */
const LETTERS_KEPT_MS = 90 * DAY_MS;

/** Devices that one look forgets: each has a month of points. */
const DEVICES_PER_LOOK = 20;

export interface ForgetOptions {
  /** Wall clock, ms. */
  readonly now: number;
  /** How long a device that is assigned no more is remembered, ms: as long as its points. */
  readonly deviceKeptMs: number;
}

/**
 * Deletes what is over and was told: closed incidents, set-aside items and messages, devices that are
 * assigned no more. Event times count from the newest one; a device that waits for the gateway to take
 * findings of it keeps its incidents, and open ones stay for ever.
 */
export function forgetWhatIsOver(database: SqlDatabase, options: ForgetOptions): void {
  const [{ newest }] = database.all("select max(watermark) as newest from progress");
  database.transaction(() => {
    for (const letters of ["dead_letters", "source_dead_letters"]) {
      database.run(`delete from ${letters} where at < ?`, [options.now - LETTERS_KEPT_MS]);
    }
    if (newest === null) return;
    forgetIncidents(database, Number(newest) - CLOSED_KEPT_MS);
    forgetDevices(database, Number(newest) - options.deviceKeptMs);
  });
}

function forgetIncidents(database: SqlDatabase, closedBefore: number): void {
  database.run(
    `delete from incidents where state = 'CLOSED'
      and device_id not in (select ${DEVICE_OF_ITEM} from outbox where kind = 'FINDING')
      and (body ->> 'closedAt' < ? or id not in (select id from incidents
        where state = 'CLOSED' order by body ->> 'closedAt' desc, id desc limit ?))`,
    [closedBefore, CLOSED_KEPT_MAX],
  );
}

/** As the index has it; the disk may have damaged an item. */
export const DEVICE_OF_ITEM = "iif(json_valid(body), body ->> 'deviceId', '')";

function forgetDevices(database: SqlDatabase, silentSince: number): void {
  const gone = database.all(
    `select device_id from progress where watermark < ?
      and device_id not in (select device_id from devices) limit ?`,
    [silentSince, DEVICES_PER_LOOK],
  );
  for (const { device_id } of gone) {
    database.run(
      "delete from points where series_id in (select id from series where device_id = ?)",
      [device_id],
    );
    for (const table of ["series", "open_windows", "anomaly_windows", "progress"]) {
      database.run(`delete from ${table} where device_id = ?`, [device_id]);
    }
  }
}
