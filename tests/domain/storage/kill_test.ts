import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../../domain/storage/connection.ts";
import { openDatabase } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { migrateUp } from "../../../migrations/mod.ts";

const KILLS = 20;
const ENDLESS_WRITER = new URL("./processes/endless_writer.ts", import.meta.url).pathname;

/** Runs the writer, kills it once it has acknowledged so much, and gives all that it acknowledged. */
async function acknowledgedUntilKilled(url: string, run: number): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ENDLESS_WRITER, url, String(run)],
    stdout: "piped",
  }).spawn();
  let said = "";
  let killed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    // After other amounts each time, thus at other moments of a commit.
    if (killed || said.length <= 40 * (run + 1)) continue;
    killed = true;
    child.kill("SIGKILL");
  }
  await child.status;
  return said.split("\n").slice(0, -1);
}

Deno.test("what a killed process has acknowledged is stored, and nothing by half", async () => {
  const folder = await Deno.makeTempDir({ prefix: "treeline-" });
  const url = `file:${folder}/test.db`;
  const db = await openDatabase({ url, now: Date.now });
  await db.migrate(migrateUp);
  await db.close();

  const acknowledged: string[] = [];
  for (let run = 0; run < KILLS; run++) {
    acknowledged.push(...await acknowledgedUntilKilled(url, run));
  }

  const connection = new Connection({ url, mode: "read" });
  const { rows } = await connection.execute(rawQuery("select id from write_receipts"));
  const stored = new Set(rows.map(({ id }) => String(id)));
  const check = await connection.execute(rawQuery("pragma integrity_check"));
  connection.close();
  assert(acknowledged.length >= KILLS);
  assertEquals(acknowledged.filter((id) => !stored.has(`${id}-left`)), []);
  assertEquals([...stored].filter((id) => id.endsWith("-left")).length * 2, stored.size);
  assertEquals(check.rows, [{ integrity_check: "ok" }]);
  await Deno.remove(folder, { recursive: true });
});
