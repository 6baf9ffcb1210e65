import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { createCsvParser, type CsvRecord, readCsv, UsageError } from "../../scripts/kit/mod.ts";

function parsed(text: string, pieceLength = text.length || 1): readonly CsvRecord[] {
  const parser = createCsvParser("a.csv");
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += pieceLength) {
    records.push(...parser.take(text.slice(at, at + pieceLength)));
  }
  return [...records, ...parser.finish()];
}

function cellsOf(text: string): readonly (readonly string[])[] {
  return parsed(text).map(({ cells }) => cells);
}

for (
  const [what, text, expected] of [
    ["plain cells", "a,b\n1,2\n", [["a", "b"], ["1", "2"]]],
    ["a last line without its break", "a,b\n1,2", [["a", "b"], ["1", "2"]]],
    ["CRLF", "a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]],
    ["blank lines", "a,b\n\n1,2\n\r\n\n", [["a", "b"], ["1", "2"]]],
    ["empty cells", "a,b,c\n,,\n", [["a", "b", "c"], ["", "", ""]]],
    ["a delimiter in quotes", 'a,b\n"1,5",2\n', [["a", "b"], ["1,5", "2"]]],
    ["quotes in quotes", 'a,b\n"say ""hi""",2\n', [["a", "b"], ['say "hi"', "2"]]],
    ["a line break in quotes", 'a,b\n"x\ny",2\n', [["a", "b"], ["x\ny", "2"]]],
    ["an empty quoted cell at the end", 'a,b\n1,""\n', [["a", "b"], ["1", ""]]],
    ["semicolons", "a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]],
    ["tabs", "a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]],
    ["a delimiter that a quoted name has more of", '"a,b,c";d\n1;2\n', [["a,b,c", "d"], [
      "1",
      "2",
    ]]],
    ["a single column", "a\n1\n2\n", [["a"], ["1"], ["2"]]],
    ["nothing", "", []],
  ] as const
) {
  Deno.test(`a CSV file may have ${what}`, () => assertEquals(cellsOf(text), expected));
}

for (
  const [what, text, found] of [
    ["too few cells", "a,b\n1,2\n3\n", "line 3"],
    ["too many cells", "a,b\n1,2,3\n", "it has 3 cells, the header 2"],
    ["a quote that is left open", 'a,b\n1,2\n"x,2\n3,4\n', "line 3"],
    ["a quote inside of a cell", 'a,b\n1,x"y"\n', "cell 2 has a quote inside"],
    ["text behind a closing quote", 'a,b\n"x"y,2\n', "cell 1 goes on after its closing quote"],
    ["ragged lines behind a quoted line break", 'a,b\n"x\ny",2\n1\n', "line 4"],
  ] as const
) {
  Deno.test(`a CSV file is refused for ${what}, by its line`, () => {
    const { message } = assertThrows(() => parsed(text), UsageError);
    assertEquals([message.includes(found), message.includes('"a.csv"')], [true, true], message);
  });
}

Deno.test("a CSV file is refused for a record that never ends", () => {
  assertThrows(() => parsed('a,b\n"' + "x,\n".repeat(400_000), 65_536), UsageError, "line 2");
});

Deno.test("records of a CSV file know the line they begin at", () =>
  assertEquals(parsed('a\n"x\ny"\n\nz\n').map(({ line }) => line), [1, 2, 5]));

Deno.test("a CSV file is read the same in pieces of any length", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", " "),
    maxLength: 5,
  });
  const row = fc.tuple(cell, cell);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (rows, length) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = ["x,y", ...rows.map((cells) => cells.map(quoted).join(","))].join("\n");
      assertEquals(parsed(text, length).map(({ cells }) => cells), [["x", "y"], ...rows]);
    }),
  );
});

async function readAll(path: string): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const records of readCsv(path)) all.push(...records.map(({ cells }) => cells));
  return all;
}

async function withFile(
  name: string,
  content: Uint8Array<ArrayBuffer>,
  work: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/${name}`, content);
    await work(`${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("a CSV file may begin with a byte order mark", () =>
  withFile("a.csv", utf8("\ufeffa,b\n1,2\n"), async (path) => {
    assertEquals(await readAll(path), [["a", "b"], ["1", "2"]]);
  }));

Deno.test("a CSV file that ends in .gz is unpacked", async () => {
  const packed = new Blob(["a,b\n1,2\n"]).stream().pipeThrough(new CompressionStream("gzip"));
  await withFile("a.csv.gz", await new Response(packed).bytes(), async (path) => {
    assertEquals(await readAll(path), [["a", "b"], ["1", "2"]]);
  });
});

for (
  const [what, name, content] of [
    ["is no gzip", "a.csv.gz", utf8("a,b\n1,2\n")],
    ["is no UTF-8", "a.csv", Uint8Array.of(0x61, 0x0a, 0xff, 0xfe)],
  ] as const
) {
  Deno.test(`a CSV file that ${what} is refused by its name`, () =>
    withFile(name, content, async (path) => {
      await assertRejects(() => readAll(path), UsageError, path);
    }));
}

Deno.test("a CSV file that is not there is refused by its name", async () => {
  await assertRejects(() => readAll("no-such.csv"), UsageError, "no such file");
});
