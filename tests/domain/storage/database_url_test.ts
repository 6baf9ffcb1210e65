import { assertEquals, assertThrows } from "@std/assert";
import { filePathOf, fileUrl } from "../../../domain/storage/database_url.ts";
import { openDatabase } from "../../../domain/mod.ts";

for (const name of ["plain", "a b", "zürich", "50%", "50%20x", "what?", "no#1", "'quoted'"]) {
  Deno.test(`a database in a folder "${name}" is made there, its lock beside it`, async () => {
    const base = await Deno.makeTempDir({ prefix: "treeline-" });
    const folder = `${base}/${name}`;
    await Deno.mkdir(folder);
    const url = fileUrl(`${folder}/test.db`);
    assertEquals(filePathOf(url), `${folder}/test.db`);
    await (await openDatabase({ url, now: Date.now })).close();
    const files = Array.from(Deno.readDirSync(folder), (file) => file.name).sort();
    assertEquals(files, ["test.db", "test.db.lock"]);
    await Deno.remove(base, { recursive: true });
  });
}

for (
  const [url, path] of [
    ["file:a.db", "a.db"],
    ["file:/a/b.db", "/a/b.db"],
    ["file:///a/b.db", "/a/b.db"],
    ["http://127.0.0.1:8080", undefined],
    ["https://db.example", undefined],
    ["libsql://db.example", undefined],
  ] as const
) {
  Deno.test(`filePathOf("${url}") is ${path}`, () => assertEquals(filePathOf(url), path));
}

for (
  const url of ["", "file:", "file::memory:", "file:a.db?mode=ro", "file:a%.db", "a.db", "ws://a"]
) {
  Deno.test(`filePathOf("${url}") is refused`, () => {
    assertThrows(() => filePathOf(url), RangeError);
  });
}
