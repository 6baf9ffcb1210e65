import type { DeviceEffects } from "../../pipeline/mod.ts";
import { OutboxFullError } from "../store.ts";
import { SYNC_ITEMS_MAX, SYNC_LENGTH_MAX, type SyncRequest } from "./protocol.ts";
import { inTransaction, type SqlDatabase } from "./sql_database.ts";

/** What waits for the gateway, in the order of commits. Items are dropped only once acknowledged. */
export class Outbox {
  readonly #database: SqlDatabase;
  #nextSeq = 1;
  #waitingBytes = 0;
  #epoch = "";

  /**
   * Starts a new epoch: a file that was restored or cloned must not go on with numbers that its
   * gateway has seen already.
   * @param bytesMax What may wait; more is refused, so that a long absence cannot fill the disk.
   * @param newEpoch Draws a random name.
   */
  constructor(database: SqlDatabase, readonly bytesMax: number, readonly newEpoch: () => string) {
    this.#database = database;
    this.startEpoch();
    this.#waitingBytes = this.#countBytes();
  }

  /** Bytes that wait, about. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * Adds items inside of the caller's transaction; `settle` takes them over after it.
   * @throws {OutboxFullError}
   */
  add(effects: readonly DeviceEffects[]): { settle(): void } {
    let seq = this.#nextSeq;
    let bytes = this.#waitingBytes;
    for (const each of effects) {
      const body = JSON.stringify(each);
      bytes += body.length;
      if (bytes > this.bytesMax) throw new OutboxFullError(this.bytesMax);
      this.#database.run("insert into outbox (seq, bytes, body) values (?, ?, ?)", [
        seq++,
        body.length,
        body,
      ]);
    }
    return {
      settle: () => {
        this.#nextSeq = seq;
        this.#waitingBytes = bytes;
      },
    };
  }

  /** What to send next; without items when nothing waits. */
  next(edgeId: string): SyncRequest {
    const rows = this.#database.all("select seq, body from outbox order by seq limit ?", [
      SYNC_ITEMS_MAX,
    ]);
    const bodies: string[] = [];
    let length = 0;
    for (const { body } of rows) {
      length += String(body).length;
      if (length > SYNC_LENGTH_MAX && bodies.length > 0) break;
      bodies.push(String(body));
    }
    return {
      edgeId,
      epoch: this.#epoch,
      firstSeq: Number(rows[0]?.seq ?? this.#nextSeq),
      items: JSON.parse(`[${bodies.join(",")}]`),
    };
  }

  /** Drops what the gateway has stored. */
  acknowledge(ackSeq: number): void {
    this.#database.run("delete from outbox where seq <= ?", [ackSeq]);
    this.#waitingBytes = this.#countBytes();
  }

  #countBytes(): number {
    const [{ bytes }] = this.#database.all("select total(bytes) as bytes from outbox");
    return Number(bytes);
  }

  /** Numbers all that waits from 1, under a new name. */
  startEpoch(): void {
    this.#nextSeq = inTransaction(this.#database, () => {
      const seqs = this.#database.all("select seq from outbox order by seq");
      seqs.forEach(({ seq }, index) =>
        this.#database.run("update outbox set seq = ? where seq = ?", [index + 1, seq])
      );
      return seqs.length + 1;
    });
    this.#epoch = this.newEpoch();
  }
}
