import type { Change, Database, Principal } from "../../domain/mod.ts";
import { commitRebuilt } from "../../domain/mod.ts";
import type { Context, StreamPosition } from "../../schema/mod.ts";
import type { createCursors } from "./cursor.ts";

/** What all requests share. */
export interface ContextDeps {
  readonly db: Database;
  readonly cursors: ReturnType<typeof createCursors>;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/** What one request brings. */
export interface RequestParts {
  readonly principal: Principal;
  readonly stream: StreamPosition;
  /** Text of the document. */
  readonly query: string | undefined;
}

/** The context of one request: all that its resolvers can reach is its tenant's. */
export function createContext(deps: ContextDeps, { principal, stream, query }: RequestParts) {
  const { db, cursors, now, newId, random } = deps;
  const { tenantId } = principal;
  // Asked for before the first resolver runs, as only then nothing can have been read before it.
  const head = query?.includes("eventCursor") ? db.events.head(tenantId) : undefined;
  // Who does not ask again gets no unhandled rejection.
  head?.catch(() => undefined);
  const context: Context = {
    principal,
    tenant: db.tenant(tenantId),
    events: db.events,
    cursors: cursors.of(tenantId),
    stream,
    headBefore: () => head ?? db.events.head(tenantId),
    normalRows: (anomalyIds) => db.runInReadWorker("findNormalRows", { tenantId, anomalyIds }),
    commit: (build) => commitExisting(db, build),
    now,
    newId,
    random,
  };
  return context;
}

async function commitExisting<T>(db: Database, build: () => Promise<Change<T>>): Promise<T> {
  let built: { readonly subject: T } | undefined;
  await commitRebuilt(db.writer, async () => {
    const change = await build();
    built = change;
    // A change of nothing, as acknowledging twice, needs no write.
    return change.write.statements.length === 0 ? undefined : change;
  });
  if (built === undefined) throw new Error("Cannot commit as nothing was built");
  return built.subject;
}
