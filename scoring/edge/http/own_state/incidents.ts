import type { Incident, IncidentState } from "../../../incident/mod.ts";
import { Problem, quoted } from "../../wire/mod.ts";

/** Incidents that one answer lists. */
export const INCIDENTS_LISTED_MAX = 200;

const STATES: readonly string[] = [
  "SUSPECTED",
  "OPEN",
  "RECOVERING",
  "RESOLVED",
  "CLOSED",
] satisfies IncidentState[];

const INCIDENT_ID = /^[0-9a-f]{32}$/;

/** An incident with the tenant's own name of its device. */
export interface ToldIncident extends Incident {
  readonly device: string;
}

export interface IncidentQuery {
  /** All where not given. */
  readonly states?: readonly IncidentState[];
  readonly first: number;
  /** Those behind this one, as it was listed. */
  readonly after?: IncidentPlace;
}

/** Where an incident is in the list. */
export interface IncidentPlace {
  readonly openedAt: number;
  readonly id: string;
}

/** The incidents of one tenant that this edge knows. */
export interface IncidentCatalog {
  /** The newest first. */
  list(query: IncidentQuery): Promise<readonly ToldIncident[]>;
  find(id: string): Promise<ToldIncident | undefined>;
}

/** What `GET /v1/incidents` says; `next` is what to ask for `after` this. */
export async function answerIncidents(request: Request, catalog: IncidentCatalog): Promise<string> {
  const query = parseQuery(new URL(request.url).searchParams);
  const found = await catalog.list({ ...query, first: query.first + 1 });
  const incidents = found.slice(0, query.first);
  const last = incidents.at(-1);
  const next = found.length > query.first && last ? `${last.openedAt}:${last.id}` : null;
  return JSON.stringify({ incidents, next });
}

/** What `GET /v1/incidents/{id}` says. */
export async function answerIncident(id: string, catalog: IncidentCatalog): Promise<string> {
  const incident = INCIDENT_ID.test(id) ? await catalog.find(id) : undefined;
  if (incident !== undefined) return JSON.stringify(incident);
  throw new Problem("NOT_FOUND", `Cannot find incident ${quoted(id)}`, { field: "id" });
}

function parseQuery(params: URLSearchParams): IncidentQuery {
  const states = params.getAll("state").flatMap((text) => text.split(","));
  const wrong = states.find((state) => !STATES.includes(state));
  if (wrong !== undefined) {
    throw invalid("state", `${quoted(wrong)}: wanted ${STATES.join(", ")}`);
  }
  const first = params.get("first") ?? "50";
  const count = /^\d{1,4}$/.test(first) ? Number(first) : 0;
  if (count < 1 || count > INCIDENTS_LISTED_MAX) {
    throw invalid("first", `${quoted(first)}: wanted 1 to ${INCIDENTS_LISTED_MAX}`);
  }
  return {
    first: count,
    after: parsePlace(params.get("after")),
    ...states.length > 0 ? { states: states as IncidentState[] } : {},
  };
}

function parsePlace(text: string | null): IncidentPlace | undefined {
  if (text === null) return undefined;
  const match = /^(\d{1,16}):([0-9a-f]{32})$/.exec(text);
  if (match === null) throw invalid("after", `${quoted(text)}: wanted \`next\` of an answer`);
  return { openedAt: Number(match[1]), id: match[2] };
}

function invalid(field: string, what: string): Problem {
  return new Problem("INPUT_INVALID", `Cannot take ${field} as ${what}`, { field });
}
