import type { Incident, IncidentState } from "../../../incident/mod.ts";
import { StaleDeviceError } from "../../store.ts";
import { obeyed } from "./command.ts";
import type { SqlDatabase, SqlRow } from "../sql_database.ts";

/** The gateway's copy is behind by less than this many resolutions, or by an outbox of days. */
const RESOLVES_MAX = 100;

export interface KeptIncidentFilter {
  /** All where not given. */
  readonly states?: readonly IncidentState[];
  readonly first: number;
  /** Those behind this one, as it was listed. */
  readonly after?: { readonly openedAt: number; readonly id: string };
}

/** The incidents of a stand-alone edge, in its file. */
export class KeptIncidents {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  find(id: string): Incident | undefined {
    const [row] = this.#database.all("select body from incidents where id = ?", [id]);
    return row && incidentOf(row);
  }

  /** The newest first. */
  list({ states, first, after }: KeptIncidentFilter): Incident[] {
    const rows = this.#database.all(
      `select body from incidents
        where (?1 is null or state in (select value from json_each(?1)))
          and (?2 is null or (body ->> 'openedAt', id) < (?2, ?3))
        order by body ->> 'openedAt' desc, id desc limit ?4`,
      [states ? JSON.stringify(states) : null, after?.openedAt ?? null, after?.id ?? null, first],
    );
    return rows.map(incidentOf);
  }

  /** Of one device, those that are not CLOSED. */
  listActive(deviceId: string): Incident[] {
    const rows = this.#database.all(
      "select body from incidents where device_id = ? and state <> 'CLOSED' order by id",
      [deviceId],
    );
    return rows.map(incidentOf);
  }

  /**
   * Keeps the next version of an incident, in the caller's transaction.
   * @throws {StaleDeviceError} When the one before is not the version that is kept.
   */
  put(incident: Incident): void {
    const [row] = this.#database.all("select version, resolves from incidents where id = ?", [
      incident.id,
    ]);
    const version = Number(row?.version ?? incident.version - 1);
    if (version !== incident.version - 1) throw new StaleDeviceError(incident.deviceId);
    const resolves = row === undefined ? [] : JSON.parse(String(row.resolves));
    this.#database.run(
      `insert into incidents (id, device_id, state, version, body, resolves)
        values (?, ?, ?, ?, ?, ?) on conflict (id) do update set state = excluded.state,
        version = excluded.version, body = excluded.body, resolves = excluded.resolves`,
      [
        incident.id,
        incident.deviceId,
        incident.state,
        incident.version,
        JSON.stringify(incident),
        JSON.stringify(withResolve(resolves, incident)),
      ],
    );
  }

  /**
   * Does what a person did at the gateway, in the caller's transaction. An answer that was overtaken
   * by a newer one, or is told again, does nothing; what this edge resolved itself is no command.
   * @returns Whether that has changed the incident.
   */
  obey(theirs: Incident): boolean {
    const [row] = this.#database.all(
      "select body, resolves, gateway_version from incidents where id = ?",
      [theirs.id],
    );
    if (row === undefined || theirs.version <= Number(row.gateway_version)) return false;
    const next = obeyed(incidentOf(row), theirs, JSON.parse(String(row.resolves)));
    if (next !== undefined) this.put(next);
    this.#database.run("update incidents set gateway_version = ? where id = ?", [
      theirs.version,
      theirs.id,
    ]);
    return next !== undefined;
  }
}

function incidentOf({ body }: SqlRow): Incident {
  return JSON.parse(String(body));
}

function withResolve(resolves: readonly number[], { resolvedAt }: Incident): readonly number[] {
  if (resolvedAt === null || resolves.includes(resolvedAt)) return resolves;
  return [...resolves, resolvedAt].slice(-RESOLVES_MAX);
}
