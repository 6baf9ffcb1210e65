import { assertEquals, assertThrows } from "@std/assert";
import { ContractError, DEFAULT_CONTRACT, parseContract } from "../../../scoring/contract/mod.ts";

const CPU = { name: "cpu" };

Deno.test("what a contract leaves out is strict", () => {
  assertEquals(parseContract({ columns: [CPU] }), {
    name: "contract",
    columns: [{
      name: "cpu",
      aliases: [],
      type: "number",
      required: true,
      missingAllowed: false,
      range: {},
    }],
    entity: undefined,
    timeOrder: "ascending",
    violationShareMax: 0.05,
    rowsMin: 1,
  });
});

Deno.test("the contract that ships wants CPU and memory in percent and network not below 0", () => {
  const required = DEFAULT_CONTRACT.columns.filter((column) => column.required);
  assertEquals(required.map(({ name, range }) => [name, range]), [
    ["cpu", { min: 0, max: 100 }],
    ["memory", { min: 0, max: 100 }],
    ["network", { min: 0 }],
  ]);
  assertEquals(DEFAULT_CONTRACT.violationShareMax, 0.05);
});

Deno.test("a contract that was written as JSON is the same when it is read", () =>
  assertEquals(parseContract(JSON.parse(JSON.stringify(DEFAULT_CONTRACT))), DEFAULT_CONTRACT));

const WRONG: readonly { value: unknown; field: string }[] = [
  { value: [], field: "contract" },
  { value: { columns: [] }, field: "columns" },
  { value: { columns: [CPU], threshold: 1 }, field: "contract.threshold" },
  {
    value: { columns: Array.from({ length: 257 }, (_, at) => ({ name: `m${at}` })) },
    field: "columns",
  },
  { value: { columns: [CPU, { name: "load", aliases: ["cpu"] }] }, field: "columns.1" },
  { value: { columns: [{ ...CPU, type: "float" }] }, field: "columns.0.type" },
  { value: { columns: [{ ...CPU, required: 1 }] }, field: "columns.0.required" },
  { value: { columns: [{ ...CPU, range: { min: "0" } }] }, field: "columns.0.range.min" },
  { value: { columns: [{ ...CPU, range: { min: 2, max: 1 } }] }, field: "columns.0.range.max" },
  { value: { columns: [{ ...CPU, range: { low: 2 } }] }, field: "columns.0.range.low" },
  { value: { columns: [{ name: "" }] }, field: "columns.0.name" },
  { value: { columns: [CPU], entity: "device" }, field: "entity" },
  { value: { columns: [CPU], timeOrder: "down" }, field: "timeOrder" },
  { value: { columns: [CPU], violationShareMax: 5 }, field: "violationShareMax" },
  { value: { columns: [CPU], rowsMin: 0.5 }, field: "rowsMin" },
];

for (const { value, field } of WRONG) {
  Deno.test(`a contract is refused for its ${field}`, () => {
    const error = assertThrows(() => parseContract(value), ContractError);
    assertEquals(error.field, field);
  });
}
