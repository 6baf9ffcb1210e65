import type { Incident } from "../../scoring/incident/mod.ts";
import { listPersonsIncidents, toIncident } from "../incidents.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** What persons have done, for edges to obey. */
export interface EdgeCommands {
  /** Left out when the edge has obeyed them all. */
  readonly commands?: readonly Incident[];
  /** Names the commands and their versions. */
  readonly commandsTag: string;
}

/**
 * What persons have done to incidents that are not over.
 *
 * @param known Tag of what the edge has obeyed.
 * @param changed Incidents as they will be once the write at hand is stored, by id.
 */
export async function listCommands(
  tenant: TenantDb,
  known: string | undefined,
  changed: ReadonlyMap<string, Incident>,
): Promise<EdgeCommands> {
  const stored = (await listPersonsIncidents(tenant)).map(toIncident);
  const commands = stored.map((incident) => changed.get(incident.id) ?? incident)
    .filter(({ state }) => state !== "CLOSED");
  const commandsTag = await tagOf(commands);
  return commandsTag === known ? { commandsTag } : { commandsTag, commands };
}

/** An incident never changes without its version. */
async function tagOf(commands: readonly Incident[]): Promise<string> {
  const text = JSON.stringify(commands.map(({ id, version }) => [id, version]));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest, 0, TAG_BYTES).toHex();
}

const TAG_BYTES = 8;
