import type { Kysely } from "kysely";
import { build, guarded } from "../storage/build.ts";
import { eventStatement } from "../storage/event_log.ts";
import type { Tables } from "../storage/tables.ts";
import { type Change, commitRebuilt, type Writer } from "../storage/write.ts";
import { type Edge, EDGE_SILENT_MS, readReport } from "./edges.ts";

/** Edges that one look takes offline: the next look takes the others. */
const EDGES_PER_LOOK = 100;

/**
 * Tells of edges of all tenants that are not heard of any more, each one once. One that comes back
 * in the same moment stays online.
 */
export async function tellSilentEdges(
  { reader, writer }: { readonly reader: Kysely<Tables>; readonly writer: Writer },
  now: number,
): Promise<void> {
  for (const key of await listSilent(reader, now)) {
    await commitRebuilt(writer, async () => {
      const edge = await findSilent(reader, key, now);
      return edge && takenOffline(edge, now);
    });
  }
}

type EdgeKey = Pick<Edge, "tenant_id" | "edge_id">;

function silent(db: Kysely<Tables>, now: number) {
  return db.selectFrom("edges").where("status", "=", "online")
    .where("last_seen_at", "<=", now - EDGE_SILENT_MS);
}

function listSilent(db: Kysely<Tables>, now: number): Promise<EdgeKey[]> {
  return silent(db, now).select(["tenant_id", "edge_id"]).limit(EDGES_PER_LOOK).execute();
}

async function findSilent(
  db: Kysely<Tables>,
  { tenant_id, edge_id }: EdgeKey,
  now: number,
): Promise<Edge | undefined> {
  const row = await silent(db, now).selectAll()
    .where("tenant_id", "=", tenant_id).where("edge_id", "=", edge_id).executeTakeFirst();
  return row && { ...row, status: "online", report: readReport(row.report) };
}

function takenOffline(before: Edge, now: number): Change<Edge> {
  const edge: Edge = { ...before, status: "offline" };
  const update = build.updateTable("edges").set({ status: edge.status })
    .where("tenant_id", "=", edge.tenant_id).where("edge_id", "=", edge.edge_id)
    .where("status", "=", before.status).where("last_seen_at", "=", edge.last_seen_at);
  const event = eventStatement({
    tenantId: edge.tenant_id,
    type: "edge.changed",
    subjectId: edge.edge_id,
    payload: edge,
    at: now,
  });
  return { subject: edge, write: { statements: [guarded(update), event] } };
}
