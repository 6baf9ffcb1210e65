import {
  applySync,
  type ChangeDeps,
  commitRebuilt,
  ConflictError,
  createWantedNames,
  type Database,
  InvalidInputError,
  StorageError,
  SyncGapError,
  type SyncItems,
  type SyncOutcome,
  type TenantDb,
} from "../../domain/mod.ts";
import { Problem, type RefusedItem, type SyncAnswer } from "../../scoring/edge/mod.ts";
import type { ParsedSync } from "./sync_request.ts";

/**
 * Stores what an edge has sent. Items that no later try could store are refused by their numbers, and
 * the others are stored.
 *
 * @throws {Problem} Where the edge should send it again, or otherwise.
 */
export async function answerSync(
  database: Database,
  tenant: TenantDb,
  { request, names, refused }: ParsedSync,
  deps: ChangeDeps,
): Promise<SyncAnswer> {
  const apply = async (part: SyncItems): Promise<SyncOutcome> => {
    const { writer } = database;
    const outcome = await commitRebuilt(
      writer,
      () => applySync(tenant, part, { now: deps.now, writer }),
    );
    return outcome!;
  };
  try {
    const answer = await applied(apply, request);
    const made = names && { refused: await createWantedNames(database, tenant, names, deps) };
    return {
      ...answer,
      refused: [...refused, ...answer.refused ?? []],
      ...made && { names: made },
    };
  } catch (error) {
    throw problemOf(error);
  }
}

async function applied(
  apply: (part: SyncItems) => Promise<SyncOutcome>,
  request: SyncItems,
): Promise<SyncAnswer> {
  try {
    return await apply(request);
  } catch (error) {
    if (!isUnstorable(error) || request.items.length === 0) throw error;
    return await oneByOne(apply, request);
  }
}

/** Finds the items that the database refuses, as they fail alone. */
async function oneByOne(
  apply: (part: SyncItems) => Promise<SyncOutcome>,
  request: SyncItems,
): Promise<SyncAnswer> {
  const refused: RefusedItem[] = [];
  let outcome: SyncOutcome | undefined;
  for (const [index, item] of request.items.entries()) {
    const seq = request.firstSeq + index;
    const isAfterGap = index === 0 && request.isAfterGap;
    const part: SyncItems = { ...request, firstSeq: seq, items: [item], isAfterGap };
    try {
      outcome = await apply(part);
      refused.push(...outcome.refused);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      refused.push({ seq, ...NOT_STORABLE });
      outcome = await apply({ ...part, items: [null] });
    }
  }
  return { ...outcome!, refused };
}

const NOT_STORABLE = {
  code: "NOT_STORABLE",
  field: "",
  message: "Cannot store the item as it breaks a rule of the database",
};

/** The rows themselves are at fault, not the moment. */
function isUnstorable(error: unknown): boolean {
  return error instanceof StorageError && ["CONSTRAINT", "STATEMENT"].includes(error.code);
}

/** What the edge can act on: a gap it closes itself, all else it sends again. */
function problemOf(error: unknown): unknown {
  if (error instanceof SyncGapError) {
    return new Problem("SYNC_GAP", error.message, { field: "firstSeq", limit: error.wantedSeq });
  }
  if (error instanceof InvalidInputError) {
    return new Problem("INPUT_INVALID", error.message, { field: error.field });
  }
  if (error instanceof ConflictError || error instanceof StorageError) {
    const message = "Cannot record this now: send it again";
    const details = { headers: { "retry-after": "1" } };
    return new Problem("NOT_RECORDED", message, details, { cause: error });
  }
  return error;
}
