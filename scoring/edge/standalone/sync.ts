import { type GatewayClient, GatewayError } from "./gateway_client.ts";
import type { Naming } from "./naming/mod.ts";
import type { DeadLetter, Outbox } from "./outbox/mod.ts";
import {
  type EdgeReport,
  SYNC_GAP,
  SYNC_ITEMS_MAX,
  type SyncAnswer,
  type SyncRequest,
} from "./protocol.ts";
import type { SqliteStore } from "./store/mod.ts";

export interface SyncDeps {
  readonly gateway: GatewayClient;
  readonly store: SqliteStore;
  readonly outbox: Outbox;
  readonly naming: Pick<Naming, "news" | "heard">;
  readonly edgeId: string;
  /** What the gateway is told of this edge; `undefined` while it knows. */
  readonly report: () => EdgeReport | undefined;
  /** Told of each answer that was taken over. */
  readonly onAnswer?: (answer: SyncAnswer) => void;
  /** Told when the gateway lacks what it had acknowledged. */
  readonly onGap?: () => void;
}

/** Statuses by which a gateway says that it does not understand the request, however often it comes. */
const REFUSALS: readonly number[] = [400, 413, 422];

/**
 * Sends what waits until nothing does, or asks for commands when nothing waits. An answer that was
 * lost is made up for: the gateway skips what it has. An item that the gateway refuses, in its answer
 * or by refusing the whole request, is set aside, and the others go on.
 * @returns Whether names were made, which come with the next assignments.
 * @throws {GatewayError} What was not acknowledged stays.
 */
export async function syncAll(deps: SyncDeps): Promise<boolean> {
  const { outbox, edgeId } = deps;
  let isNewEpoch = false;
  let areNamesMade = false;
  let itemsMax = SYNC_ITEMS_MAX;
  do {
    const request = outbox.next(edgeId, itemsMax);
    try {
      areNamesMade = await exchange(deps, request) || areNamesMade;
      itemsMax = SYNC_ITEMS_MAX;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === SYNC_GAP && !isNewEpoch) {
        // The gateway lacks what was acknowledged before, or knows another file by this edge's name:
        // what waits follows nothing, and starts a log of its own.
        outbox.startEpoch();
        deps.onGap?.();
        isNewEpoch = true;
      } else if (!REFUSALS.includes(error.status) || request.items.length === 0) throw error;
      else if (request.items.length > 1) itemsMax = Math.ceil(request.items.length / 2);
      else await blame(deps, request, error);
    }
  } while (outbox.waitingBytes > 0);
  return areNamesMade;
}

async function exchange(deps: SyncDeps, request: SyncRequest): Promise<boolean> {
  const { gateway, store, outbox, naming, report, onAnswer } = deps;
  const { commandsTag } = store;
  const sentBefore = gateway.bytesSent;
  const news = naming.news();
  const answer = await gateway.sync({ ...request, ...news, commandsTag, report: report() });
  // On a full disk as well: it is what makes room.
  store.room.write(() => outbox.acknowledge(answer.ackSeq, answer.refused));
  outbox.countSent(gateway.bytesSent - sentBefore);
  store.obey(answer);
  onAnswer?.(answer);
  return naming.heard(news, answer);
}

/** Sets the only item of a request aside, unless the gateway refuses one without items as well. */
async function blame(deps: SyncDeps, request: SyncRequest, error: GatewayError): Promise<void> {
  await deps.gateway.sync({ ...request, items: [], report: deps.report() });
  const reason: DeadLetter = { code: error.code, field: "", message: error.message };
  deps.outbox.setAside(request.firstSeq, reason);
}
