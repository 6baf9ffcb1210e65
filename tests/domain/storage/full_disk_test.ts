import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDatabase, StorageError } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { migrateUp } from "../../../migrations/mod.ts";

const DISK_BYTES = 3 * 2 ** 20;

async function ran(command: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" })
    .output().catch(() => ({ success: false }));
  return success;
}

/** Mounts a small disk on a new folder, `undefined` where that is not allowed. */
async function mountSmallDisk(): Promise<string | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-disk-" });
  const size = `size=${DISK_BYTES}`;
  if (Deno.build.os === "linux" && await ran("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder)) {
    return folder;
  }
  await Deno.remove(folder);
  return undefined;
}

async function unmount(folder: string): Promise<void> {
  // Lazily, as the driver's closed connections keep their files open until they are collected.
  assert(await ran("umount", "--lazy", folder));
  await Deno.remove(folder);
}

const probe = await mountSmallDisk();
if (probe !== undefined) await unmount(probe);
const why = probe === undefined ? " (skipped as this machine lets nobody mount a small disk)" : "";

Deno.test({
  name: `on a full disk writes are refused, none of them by half, until there is room${why}`,
  ignore: probe === undefined,
  async fn() {
    const folder = await mountSmallDisk();
    assert(folder !== undefined);
    const db = await openDatabase({ url: `file:${folder}/test.db`, now: Date.now });
    await db.migrate(migrateUp);
    await Deno.writeFile(`${folder}/ballast`, new Uint8Array(2 ** 20));
    const insert = (id: string) => ({
      query: rawQuery("insert into write_receipts (id) values (?)", [id.padEnd(5_000, ".")]),
    });
    let acknowledged = 0;
    const error = await assertRejects(async () => {
      for (;; acknowledged++) {
        const statements = [insert(`${acknowledged}-left`), insert(`${acknowledged}-right`)];
        await db.writer.commit({ statements });
      }
    }, StorageError);
    assertEquals(error.code, "DISK_FULL");

    const count = async () => {
      const { rows } = await db.reader.executeQuery<{ n: number }>(
        rawQuery("select count(*) as n from write_receipts"),
      );
      return rows[0].n;
    };
    assert(acknowledged > 0);
    assertEquals(await count(), 2 * acknowledged);
    await Deno.remove(`${folder}/ballast`);
    await db.writer.commit({ statements: [insert("more")] });
    assertEquals(await count(), 2 * acknowledged + 1);
    await db.close();
    await unmount(folder);
  },
});
