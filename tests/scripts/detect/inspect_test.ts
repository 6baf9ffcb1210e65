import { assertEquals, assertRejects } from "@std/assert";
import { inspectTable } from "../../../scripts/detect/inspect.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";
import { withFiles } from "./files.ts";

async function inspected(text: string, timeColumn?: string) {
  let table: Awaited<ReturnType<typeof inspectTable>> | undefined;
  await withFiles({ "a.csv": text }, async (pathOf) => {
    table = await inspectTable(pathOf("a.csv"), timeColumn);
  });
  return table!;
}

for (
  const [what, cells, kind] of [
    ["numbers", ["1", "-2.5", "+3e4", ".5", "6."], "number"],
    ["numbers with gaps", ["1", "", "NaN", "null", "N/A", "2"], "number"],
    ["numbers, some infinite", ["1", "inf", "-Infinity"], "number"],
    ["texts", ["on", "off", "on"], "category"],
    ["texts and many numbers", ["a", "1", "2"], "category"],
    ["nothing", ["", "", ""], "skipped"],
    ["as many texts as rows", Array.from({ length: 30 }, (_, i) => `id-${i}`), "skipped"],
    ["few texts in few rows", Array.from({ length: 15 }, (_, i) => `id-${i}`), "category"],
  ] as const
) {
  Deno.test(`a column of ${what} is of kind ${kind}`, async () => {
    const table = await inspected(["x,y", ...cells.map((cell) => `${cell},1`)].join("\n"));
    assertEquals([table.columns[0].kind, table.rowCount], [kind, cells.length]);
  });
}

Deno.test("what is missing and what is infinite is counted", async () => {
  const { columns } = await inspected("x,y\n1,NaN\n,inf\nNA,3\n");
  assertEquals(columns.map(({ missing, infinite }) => [missing, infinite]), [[2, 0], [1, 1]]);
});

for (
  const [what, header, cells, kind, rowMs] of [
    ["dates", "timestamp", ["2026-01-05 10:00:00", "2026-01-05 10:00:05"], "date", 5_000],
    [
      "ISO dates with a zone",
      "at",
      ["2026-01-05T10:00:00Z", "2026-01-05T13:00+02:00"],
      "date",
      3_600_000,
    ],
    ["days under any name", "when", ["2026-01-05", "2026-01-06"], "date", 86_400_000],
    ["dates with slashes", "Date", ["2026/01/05", "2026/01/06"], "date", 86_400_000],
    ["seconds since 1970", "ts", ["1767607200", "1767607260"], "seconds", 60_000],
    ["milliseconds since 1970", "time", ["1767607200000", "1767607200500"], "milliseconds", 500],
    ["a count", "Time", ["0", "1", "2"], "count", undefined],
  ] as const
) {
  Deno.test(`a column of times may have ${what}`, async () => {
    const { time, columns } = await inspected(
      [`${header},x`, ...cells.map((cell) => `${cell},1`)].join("\n"),
    );
    assertEquals([time?.column, time?.kind, time?.rowMs], [0, kind, rowMs]);
    assertEquals(columns.map((column) => column.kind), ["time", "number"]);
  });
}

Deno.test("the column of times may be named, and stand anywhere", async () => {
  const { time } = await inspected("x,logged\n1,2026-01-05\n2,2026-01-06\n", "logged");
  assertEquals(time?.column, 1);
});

Deno.test("rows that go back in time are counted", async () => {
  const { time } = await inspected("time,x\n2026-01-05,1\n2026-01-04,1\n2026-01-04,1\n");
  assertEquals(time?.backwards, 1);
});

for (
  const [what, text, found] of [
    ["nothing in it", "", "it is empty"],
    ["no rows", "a,b\n", "it has a header and no rows"],
    ["no header", "1,2\n3,4\n", '"1" is a number'],
    ["two columns of one name", "a,b,a\n1,2,3\n", '"a" twice'],
    ["ragged rows", "a,b\n1,2\n1\n", "line 3"],
    ["a text among numbers", `a,b\n${"1,2\n".repeat(30)}1,oops\n`, "line 32 of"],
    ["decimal commas", "a;b\n1,5;1\n2,5;1\n", "must have a decimal point"],
    ["a missing time", "time,x\n2026-01-05,1\n,1\n", 'column "time" holds no time'],
    ["a time of another format", "time,x\n2026-01-05,1\n5.1.2026,1\n", 'like "2026-01-05"'],
    ["a day that is not", "time,x\n2026-01-05,1\n2026-13-05,1\n", "line 3"],
  ] as const
) {
  Deno.test(`a table with ${what} is refused`, async () => {
    await assertRejects(() => inspected(text), UsageError, found);
  });
}

Deno.test("a text among numbers is told with its column and its line", async () => {
  const text = `a,b\n${"1,2\n".repeat(30)}1,oops\n`;
  const error = await assertRejects(() => inspected(text), UsageError, "line 32");
  assertEquals([error.message.includes('"b"'), error.message.includes('"oops"')], [true, true]);
});

Deno.test("a named column of times that is not there is refused", async () => {
  await assertRejects(() => inspected("a,b\n1,2\n", "when"), UsageError, '"when"');
});

Deno.test("a column without a name has its place for one", async () => {
  const { columns } = await inspected(",b\n1,2\n");
  assertEquals(columns.map(({ name }) => name), ["column_1", "b"]);
});
