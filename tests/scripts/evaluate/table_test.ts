import { assertEquals, assertThrows } from "@std/assert";
import { parseLabels } from "../../../scripts/evaluate/labels.ts";
import { rangesOf } from "../../../scripts/evaluate/measure.ts";
import { parseTable } from "../../../scripts/evaluate/table.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";

Deno.test("a time column is told apart by its name and read as UTC", () => {
  const table = parseTable(
    "timestamp,cpu\n2026-01-05 00:00:00,1\n2026-01-05T01:00:00+01:00,\n",
    "x",
  );
  const monday = Date.UTC(2026, 0, 5);
  assertEquals(table.columns, ["cpu"]);
  assertEquals([...table.times!], [monday, monday]);
  assertEquals([...table.values], [1, NaN]);
});

Deno.test("a table without a time column has numbers only", () => {
  const table = parseTable("m0,m1\r\n1,2e3\r\nx,-4\r\n", "x");
  assertEquals([table.rowCount, table.times], [2, undefined]);
  assertEquals([...table.values], [1, 2000, NaN, -4]);
});

for (
  const { text, part } of [
    { text: "a,b\n1,2\n3", part: "line 3" },
    { text: "time,b\nnever,2", part: '"never" is not a time' },
  ]
) {
  Deno.test(`a table is refused as ${part}`, () => {
    assertThrows(() => parseTable(text, "x.csv"), UsageError, part);
  });
}

Deno.test("labels come as windows, ranges or single rows, or are left out", () => {
  const labels = parseLabels(
    '{"a":{"windows":[]},"b":{"train_rows":4,"ranges":[[2,5],[7,9]]},"c":{"anomalies":[3]},"d":{"rows":9}}',
    "labels.json",
  );
  assertEquals(
    ["a", "b", "c", "d"].map((name) => labels.get(name)?.ranges),
    [[], [[2, 5], [7, 9]], [[3, 3]], undefined],
  );
  assertEquals(rangesOf(labels.get("b")!, "prefix", 6), [[1, 3]]);
  assertEquals(rangesOf(labels.get("b")!, "pair", 6), [[2, 5], [7, 9]]);
});

for (const text of ["{", '{"a":{"rows":-1}}', '{"a":{"ranges":[[1]]}}']) {
  Deno.test(`labels are refused as ${text}`, () => {
    assertThrows(() => parseLabels(text, "labels.json"), UsageError, "Cannot read labels.json");
  });
}
