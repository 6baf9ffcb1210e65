import type { Selectable } from "kysely";
import type { IncidentChange } from "../scoring/incident/mod.ts";
import { readChildPages } from "./storage/child_pages.ts";
import { mapPage, type Page, type PageRequest, readPage } from "./storage/page.ts";
import type { Tables } from "./storage/tables.ts";
import type { TenantDb } from "./storage/tenant_db.ts";

/** One step of an incident's life as the event log keeps it. */
export interface TimelineEntry {
  readonly seq: number;
  /** Wall clock of the commit, ms. */
  readonly at: number;
  readonly change: IncidentChange;
}

const AS_TOLD = { columns: ["seq"], direction: "asc" } as const;
const COLUMNS = ["seq", "subject_id", "at", "payload"] as const;

/** What happened to an incident, oldest first, as far back as events are kept; its key is (seq). */
export async function listIncidentTimeline(
  tenant: TenantDb,
  incidentId: string,
  page: PageRequest,
): Promise<Page<TimelineEntry>> {
  const query = incidentEventsOf(tenant).where("subject_id", "=", incidentId);
  return mapPage(await readPage(query, AS_TOLD, page), toTimelineEntry);
}

/** Of each incident what `listIncidentTimeline` of it gives, in the order of the incidents. */
export async function listIncidentTimelines(
  tenant: TenantDb,
  incidentIds: readonly string[],
  page: PageRequest,
): Promise<Page<TimelineEntry>[]> {
  const pages = await readChildPages(
    incidentEventsOf(tenant),
    {
      db: tenant.db,
      table: "events",
      parent: "subject_id",
      parentIds: incidentIds,
      columns: COLUMNS,
    },
    AS_TOLD,
    page,
  );
  return pages.map((one) => mapPage(one, toTimelineEntry));
}

function incidentEventsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("events").select(COLUMNS)
    .where("tenant_id", "=", tenant.tenantId).where("type", "=", "incident.changed");
}

function toTimelineEntry(
  { seq, at, payload }: Pick<Selectable<Tables["events"]>, "seq" | "at" | "payload">,
): TimelineEntry {
  return { seq, at, change: JSON.parse(payload) };
}
