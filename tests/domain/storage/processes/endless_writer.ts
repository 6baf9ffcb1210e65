// Commits pairs of rows until it is killed, and says which ones were acknowledged. Meanwhile a
// stranger, as a backup would, takes and drops the file's write lock.
import { Connection } from "../../../../domain/storage/connection.ts";
import { openDatabase } from "../../../../domain/mod.ts";
import { rawQuery } from "../../../../domain/storage/raw_query.ts";

const [url, run] = Deno.args;
const WRITERS = 8;

const db = await openDatabase({ url, now: Date.now });

async function disturb(): Promise<never> {
  const stranger = new Connection({ url, mode: "write" });
  while (true) {
    const transaction = await stranger.begin().catch(() => undefined);
    await pause(5);
    await transaction?.rollback();
    await pause(15);
  }
}

async function writePairs(writer: number): Promise<never> {
  for (let i = 0;; i++) {
    const id = `${run}-${writer}-${i}`;
    const insert = (half: string) => ({
      query: rawQuery("insert into write_receipts (id) values (?)", [`${id}-${half}`]),
    });
    await db.writer.commit({ statements: [insert("left"), insert("right")] });
    Deno.stdout.writeSync(new TextEncoder().encode(`${id}\n`));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await Promise.all([disturb(), ...Array.from({ length: WRITERS }, (_, i) => writePairs(i))]);
