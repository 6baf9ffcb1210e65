import { assertEquals, assertRejects } from "@std/assert";
import { prepareFolder } from "../../../scripts/demo/folder.ts";
import { DependencyError, UsageError } from "../../../scripts/kit/mod.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(`${root}/demo`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("a fresh start removes what the demo made and nothing else", () =>
  withFolder(async (folder) => {
    await prepareFolder(folder, false);
    for (const name of ["treeline.db", "treeline.db-wal", "notes.txt"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "x");
    }
    await prepareFolder(folder, true);
    assertEquals(namesIn(folder).length, 4);
    await prepareFolder(folder, false);
    assertEquals(namesIn(folder), ["notes.txt", "treeline-demo.json", "treeline.db.lock"]);
  }));

Deno.test("a folder that no demo has made is left alone", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/treeline.db`, "precious");
    for (const keep of [true, false]) {
      await assertRejects(() => prepareFolder(folder, keep), UsageError, "no demo has made");
    }
    assertEquals(await Deno.readTextFile(`${folder}/treeline.db`), "precious");
  }));

Deno.test("a manifest cannot name files outside of the demo's own", () =>
  withFolder(async (folder) => {
    await prepareFolder(folder, false);
    await Deno.writeTextFile(`${folder}/../outside`, "precious");
    const files = ["../outside", "treeline.db"];
    await Deno.writeTextFile(`${folder}/treeline-demo.json`, JSON.stringify({ files }));
    await prepareFolder(folder, false);
    assertEquals(await Deno.readTextFile(`${folder}/../outside`), "precious");
  }));

Deno.test("a folder that a demo is running on is not started fresh", () =>
  withFolder(async (folder) => {
    await prepareFolder(folder, false);
    const path = `${folder}/treeline.db.lock`;
    const lock = await Deno.open(path, { write: true, create: true });
    await lock.lock(true);
    await Deno.writeTextFile(path, "the demo (process 7)");
    await assertRejects(() => prepareFolder(folder, false), DependencyError, "process 7");
    lock.close();
  }));
