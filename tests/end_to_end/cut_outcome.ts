import { sql } from "kysely";
import type { Database, TenantDb } from "../../domain/mod.ts";
import { type Installation, openInstalled } from "./gateway_process.ts";

/** What a gateway has in the end. */
export interface Found {
  /** Of each series how many points it has, and a sum over them that changes with any. */
  readonly series: ReadonlyMap<string, string>;
  readonly points: number;
  /** By id, with time, score and value. */
  readonly anomalies: ReadonlyMap<string, string>;
  /** By id, with all that is known of them but versions, which two sides count apart. */
  readonly incidents: ReadonlyMap<string, string>;
}

/** How one run differs from another; the last three must be 0. */
export interface Compared {
  readonly points: number;
  readonly anomalies: number;
  readonly incidents: number;
  /** Series that have other points, or lack. */
  readonly seriesWrong: number;
  readonly anomaliesWrong: number;
  readonly incidentsWrong: number;
}

/** Reads it from the installation's file, which no gateway may have open. */
export async function foundIn({ folder, tenantId }: Installation): Promise<Found> {
  const database = await openInstalled(folder);
  try {
    return await readAll(database, database.tenant(tenantId));
  } finally {
    await database.close();
  }
}

async function readAll({ reader }: Database, { tenantId }: TenantDb): Promise<Found> {
  // In the order of the key, so that the same points give the same sum to the last bit.
  const series = await reader.selectFrom("telemetry_points as point")
    .innerJoin("series", "series.id", "point.series_id")
    .select(({ fn, ref }) => [
      "series.device_id",
      "series.metric_id",
      fn.countAll<number>().as("points"),
      // Times of day: a sum of whole times passes what a number holds after some thousand points.
      fn.sum<number>(sql`${ref("point.at")} % 86400000`).as("at"),
      fn.sum<number>(ref("point.value")).as("value"),
    ])
    .groupBy("series.id").execute();
  const anomalies = await reader.selectFrom("anomalies")
    .select(["id", "at", "score", "value", "incident_id"])
    .where("tenant_id", "=", tenantId).execute();
  const incidents = await reader.selectFrom("incidents").selectAll()
    .where("tenant_id", "=", tenantId).execute();
  return {
    series: new Map(series.map(({ device_id, metric_id, ...sums }) => [
      `${device_id} ${metric_id}`,
      JSON.stringify(sums),
    ])),
    points: series.reduce((sum, { points }) => sum + points, 0),
    anomalies: new Map(anomalies.map(({ id, ...rest }) => [id, JSON.stringify(rest)])),
    incidents: new Map(incidents.map(({ id, version: _, ...rest }) => [id, JSON.stringify(rest)])),
  };
}

/** Holds a cut run against the uncut one. */
export function compared(cut: Found, uncut: Found): Compared {
  return {
    points: cut.points,
    anomalies: cut.anomalies.size,
    incidents: cut.incidents.size,
    seriesWrong: differences(cut.series, uncut.series),
    anomaliesWrong: differences(cut.anomalies, uncut.anomalies),
    incidentsWrong: differences(cut.incidents, uncut.incidents),
  };
}

function differences(
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
): number {
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].filter((key) => left.get(key) !== right.get(key)).length;
}
