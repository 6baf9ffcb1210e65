import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type CellReader,
  type ContractReport,
  DEFAULT_CONTRACT,
  DUPLICATE_ROWS_MAX,
  EXAMPLES_MAX,
  openContractCheck,
  parseContract,
} from "../../../scoring/contract/mod.ts";

const READER: CellReader = {
  isMissing: (cell) => cell === "",
  numberOf: (cell) => Number(cell),
  timeOf: (cell) => Number(cell),
};
const HEADER = ["timestamp", "device", "cpu", "memory", "network"];

function check(
  rows: Iterable<readonly string[]>,
  { contract = DEFAULT_CONTRACT, header = HEADER } = {},
): ContractReport {
  const open = openContractCheck(contract, header, READER);
  let line = 2;
  for (const cells of rows) open.push(cells, line++);
  return open.report();
}

/** Rows of which the first so many have a CPU of 101 %. */
function rowsOf(count: number, violating: number): string[][] {
  return Array.from({ length: count }, (_, row) => [
    String(row),
    "a",
    row < violating ? "101" : "50",
    "50",
    "7",
  ]);
}

for (const rows of [20, 60, 140, 1_000, 99_980]) {
  Deno.test(`exactly 5 % of ${rows} rows pass, one row more fails`, () => {
    const exact = check(rowsOf(rows, rows / 20));
    assertEquals([exact.violatingRows, exact.passed], [rows / 20, true]);
    const more = check(rowsOf(rows, rows / 20 + 1));
    assertEquals([more.violatingRows, more.passed], [rows / 20 + 1, false]);
  });
}

Deno.test("how many rows may violate is the contract's", () => {
  const contract = { ...DEFAULT_CONTRACT, violationShareMax: 0.1 };
  assert(check(rowsOf(30, 3), { contract }).passed);
  assert(!check(rowsOf(30, 4), { contract }).passed);
});

/** One row each, with the violations that it has. */
const CELLS: readonly { row: readonly string[]; kinds: readonly string[] }[] = [
  { row: ["1", "a", "0", "100", "0"], kinds: [] },
  { row: ["1", "a", "-0.1", "100.1", "-1"], kinds: ["range", "range", "range"] },
  { row: ["1", "a", "", "50", "1"], kinds: ["missing"] },
  { row: ["1", "a", "high", "50", "1"], kinds: ["type"] },
  { row: ["1", "a", "50", "50", "Infinity"], kinds: ["type"] },
  { row: ["noon", "a", "50", "50", "1"], kinds: ["type"] },
  { row: ["1", "", "50", "50", "1"], kinds: ["missing"] },
];

for (const { row, kinds } of CELLS) {
  Deno.test(`the row ${row.join(",")} has ${kinds.join(", ") || "no"} violations`, () => {
    const report = check([row]);
    assertEquals(report.examples.map(({ kind }) => kind).sort(), [...kinds]);
    assertEquals(report.violatingRows, kinds.length > 0 ? 1 : 0);
  });
}

Deno.test("a violation is told with its line, column and cell, cut where it is long", () => {
  const rows = [["1", "a", "50", "50", "1"], ["2", "a", "101.".padEnd(500, "0"), "50", "1"]];
  assertEquals(check(rows).examples, [
    { kind: "range", column: "cpu", line: 3, cell: "101.".padEnd(80, "0") },
  ]);
});

Deno.test("the first violations of a kind are told, all are counted, by column, too", () => {
  const report = check(rowsOf(100, 70));
  assertEquals([report.violations.range, report.examples.length], [70, EXAMPLES_MAX]);
  const cpu = report.columns.find(({ name }) => name === "cpu")!;
  assertEquals(cpu.violations, { missing: 0, type: 0, range: 70, order: 0 });
});

Deno.test("times go on within each device, and may stand still unless they must not", () => {
  const times = [["5", "a"], ["1", "b"], ["6", "a"], ["3", "a"], ["5", "a"], ["6", "a"], [
    "2",
    "b",
  ]];
  const rows = times.map(([at, device]) => [at, device, "1", "1", "1"]);
  const lines = (report: ContractReport) => report.examples.map(({ line }) => line);
  assertEquals(lines(check(rows)), [5, 6]);
  const strict = { ...DEFAULT_CONTRACT, timeOrder: "strict" } as const;
  assertEquals(lines(check(rows, { contract: strict })), [5, 6, 7]);
  const any = { ...DEFAULT_CONTRACT, timeOrder: "any" } as const;
  assertEquals(lines(check(rows, { contract: any })), []);
});

Deno.test("a required column that is not there fails every row, another does not", () => {
  const report = check([["50", "50"]], { header: ["cpu", "network"] });
  assertEquals(
    [report.missingColumns, report.passed, report.violationShare],
    [["memory"], false, 1],
  );
  assert(check([["50", "50", "1"]], { header: ["cpu", "memory", "network"] }).passed);
});

Deno.test("columns go by their aliases, without regard to case and blanks", () => {
  const header = [" CPU_Usage ", "memory_percent", "network"];
  const report = check([["50", "50", "1"]], { header });
  assertEquals(report.columns.map(({ name, column }) => [name, column]), [
    ["cpu", "CPU_Usage"],
    ["memory", "memory_percent"],
    ["network", "network"],
  ]);
});

Deno.test("a file without rows fails unless the contract wants none", () => {
  assert(!check([]).passed);
  assert(check([], { contract: { ...DEFAULT_CONTRACT, rowsMin: 0 } }).passed);
});

Deno.test("missing cells are counted, and no violation where they are allowed", () => {
  const column = { name: "cpu", missingAllowed: true };
  const report = check([[""], ["1"], [""]], {
    contract: parseContract({ columns: [column] }),
    header: ["cpu"],
  });
  assertEquals([report.columns[0].missing, report.violatingRows, report.passed], [2, 0, true]);
});

Deno.test("duplicates and outliers are told, and are no violations", () => {
  const rows = Array.from(
    { length: 99 },
    (_, row) => [String(row), "a", String(row % 10), "50", "1"],
  );
  const report = check([...rows, rows[98], ["99", "a", "90", "50", "1"]]);
  assertEquals([report.duplicateRows, report.violatingRows, report.passed], [1, 0, true]);
  const cpu = report.columns.find(({ name }) => name === "cpu")!;
  assertEquals(cpu.outliers!.count, 1);
  assertEquals([cpu.min, cpu.max, cpu.values], [0, 90, 101]);
});

Deno.test("rows are compared with those shortly before them only", () => {
  const rows = function* (between: number) {
    yield ["0", "a", "1", "1", "1"];
    for (let row = 1; row <= between; row++) yield [String(row), "a", "1", "1", "1"];
    yield ["0", "a", "1", "1", "1"];
  };
  assertEquals(check(rows(DUPLICATE_ROWS_MAX - 1)).duplicateRows, 1);
  assertEquals(check(rows(DUPLICATE_ROWS_MAX)).duplicateRows, 0);
});

Deno.test("cells that run together are not the same row", () => {
  const rows = [["1", "ab", "1", "1", "1"], ["1", "a", "b1", "1", "1"], ["11", "", "1", "1", "1"]];
  assertEquals(check(rows).duplicateRows, 0);
});

Deno.test("a long column's quartiles come from a sample, its count and mean from all", () => {
  const rows = function* () {
    for (let row = 0; row < 50_000; row++) yield [String(row % 101)];
  };
  const contract = parseContract({ columns: [{ name: "cpu" }] });
  const [cpu] = check(rows(), { contract, header: ["cpu"] }).columns;
  assertEquals(cpu.values, 50_000);
  assertAlmostEquals(cpu.mean!, 50, 0.05);
  assertAlmostEquals(cpu.standardDeviation!, 29.15, 0.05);
  assertAlmostEquals(cpu.lowerQuartile!, 25, 2);
  assertAlmostEquals(cpu.upperQuartile!, 75, 2);
});
