import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CsvError, csvRows } from "../../../../scoring/edge/wire/csv/csv_rows.ts";
import { NOW, post, testEdge } from "../kit.ts";

const AT = NOW - 60_000;
const ISO = new Date(AT).toISOString();

function upload(body: BodyInit, query = "") {
  const edge = testEdge();
  const headers = { "content-type": "text/csv" };
  return { edge, answer: post(edge.app, `/v1/telemetry${query}`, { body, headers }) };
}

const TABLES: readonly (readonly [string, query: string, table: string, accepted: number])[] = [
  ["the long form", "", `device,metric,at,value\npump-7,cpu,${AT},1.5\npump-7,load,${ISO},2\n`, 2],
  [
    "the long form in another order",
    "",
    `value,At,metric,device,site\r\n1e2,${AT},cpu,pump-7,x\r\n`,
    1,
  ],
  ["the long form without device", "?device=pump-7", `metric,at,value\ncpu,${AT},-.5`, 1],
  ["the wide form", "", `time,device,cpu,load\n${AT},pump-7,1,2\n${AT + 1},pump-7,,3\n`, 3],
  ["the wide form without device", "?device=pump-7", `timestamp,load,cpu\n${AT},1,2\n`, 2],
  ["a byte order mark", "?device=pump-7", `\ufefftime,cpu\n${AT},1\n`, 1],
  ["quoted cells", "", `"device","metric","at","value"\n"pump-7","cpu","${AT}","1"\n\n`, 1],
  [
    "instants without offset",
    "?device=pump-7",
    `time,cpu\n2026-05-01 10:00,1\n2026-05-01T10:00:05.5,2\n`,
    2,
  ],
];
for (const [what, query, table, accepted] of TABLES) {
  Deno.test(`${what} is taken`, async () => {
    const { answer } = upload(table, query);
    const response = await answer;
    assertEquals([response.status, await response.json()], [200, {
      accepted,
      late: 0,
      duplicates: 0,
      refused: [],
    }]);
  });
}

Deno.test("an instant without offset is UTC", async () => {
  const { edge, answer } = upload("time,cpu\n2026-05-01 10:00,1\n", "?device=pump-7");
  await answer;
  assertEquals(edge.store.commits[0].points[0].at, Date.UTC(2026, 4, 1, 10));
});

Deno.test("bad rows and cells are refused as of JSON, their neighbours are kept", async () => {
  const table = `time,device,cpu,load\n${AT},pump-7,1,x\n${AT},pump-8,1,\nnoon,pump-7,1,\n` +
    `${AT + 1},pump-7,2\n5,pump-7,2,\n${AT + 2},pump-7,nan,101\n${AT + 3},,4,`;
  const response = await upload(table).answer;
  const { accepted, refused } = await response.json();
  const codes = refused.map((
    { index, field, code }: Record<string, unknown>,
  ) => [index, field, code]);
  assertEquals([accepted, codes], [1, [
    [0, "value", "VALUE_INVALID"],
    [1, "device", "DEVICE_UNKNOWN"],
    [2, "at", "TIMESTAMP_INVALID"],
    [3, "", "LINE_INVALID"],
    [4, "at", "TIMESTAMP_TOO_OLD"],
    [5, "value", "VALUE_NOT_FINITE"],
    [5, "value", "VALUE_OUT_OF_RANGE"],
    [6, "device", "DEVICE_INVALID"],
  ]]);
});

const BAD: readonly (readonly [string, BodyInit, status: number, code: string])[] = [
  ["no column of time", "device,metric,value\na,b,1", 400, "CSV_INVALID"],
  ["only a blank line", "\n", 400, "CSV_INVALID"],
  ["an open quote", `time,cpu\n"${AT},1`, 400, "CSV_INVALID"],
  ["text behind a quote", `time,cpu\n"${AT}"1,1`, 400, "CSV_INVALID"],
  ["1,001 columns", "time" + ",m".repeat(1_000), 400, "CSV_INVALID"],
  ["10,001 points", "time,cpu\n" + `${AT},1\n`.repeat(10_001), 413, "POINTS_TOO_MANY"],
  ["10,001 bad rows", "time,cpu\n" + "x\n".repeat(10_001), 413, "POINTS_TOO_MANY"],
  ["no UTF-8", new Uint8Array([0x61, 0xff]), 400, "BODY_NOT_UTF8"],
];
for (const [what, table, status, code] of BAD) {
  Deno.test(`a table with ${what} is answered with ${status} ${code}`, async () => {
    const response = await upload(table, "?device=pump-7").answer;
    assertEquals([response.status, (await response.json()).code], [status, code]);
  });
}

Deno.test("a table of nothing but refused points is answered with 422", async () => {
  assertEquals((await upload("time,device,cpu\n5,pump-7,1").answer).status, 422);
});

Deno.test("property: cells come back as they were written", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é"),
    maxLength: 6,
  });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
  fc.assert(fc.property(table, fc.constantFrom("\n", "\r\n"), (rows, end) => {
    const text = rows.map((row) =>
      row.map((each) => `"${each.replaceAll('"', '""')}"`).join(",") + end
    );
    assertEquals([...csvRows(text.join(""), 10)], rows);
  }));
});

Deno.test("what is no CSV names its line", () => {
  const error = assertThrows(() => [...csvRows('a,"b\nc"\nd,"e', 10)], CsvError);
  assertEquals(error.line, 3);
});

Deno.test("property: no text is answered with a 5xx", async () => {
  const edge = testEdge();
  const unit = fc.constantFrom("a", '"', ",", "\n", "1", "-", "é");
  const headers = { "content-type": "text/csv" };
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, maxLength: 30 }), async (text) => {
      const body = `time,device,cpu\n${AT},pump-7,1\n${text}`;
      const { status } = await post(edge.app, "/v1/telemetry", { body, headers });
      assert([200, 400, 422].includes(status));
    }),
    { numRuns: 300 },
  );
  assertEquals(edge.errors, []);
});
