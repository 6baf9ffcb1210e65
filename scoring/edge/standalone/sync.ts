import { type GatewayClient, GatewayError } from "./gateway_client.ts";
import type { Outbox } from "./outbox.ts";
import { SYNC_GAP } from "./protocol.ts";
import type { SqliteStore } from "./sqlite_store.ts";

export interface SyncDeps {
  readonly gateway: GatewayClient;
  readonly store: SqliteStore;
  readonly outbox: Outbox;
  readonly edgeId: string;
}

/**
 * Sends what waits until nothing does, or asks for commands when nothing waits. An answer that was
 * lost is made up for: the gateway skips what it has.
 * @throws {GatewayError} What was not acknowledged stays.
 */
export async function syncAll({ gateway, store, outbox, edgeId }: SyncDeps): Promise<void> {
  let isNewEpoch = false;
  do {
    try {
      const { ackSeq, commands } = await gateway.sync(outbox.next(edgeId));
      outbox.acknowledge(ackSeq);
      store.obey(commands);
    } catch (error) {
      const isGap = error instanceof GatewayError && error.code === SYNC_GAP;
      if (!isGap || isNewEpoch) throw error;
      // The gateway lacks what was acknowledged before, or knows another file by this edge's name:
      // what waits follows nothing, and starts a log of its own.
      outbox.startEpoch();
      isNewEpoch = true;
    }
  } while (outbox.waitingBytes > 0);
}
