import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  createOutput,
  type FlagSpecs,
  helpText,
  parseFlags,
  tableText,
  type TaskSpec,
  UsageError,
} from "../../scripts/kit/mod.ts";

const TASK = {
  name: "sample",
  summary: "Does a thing",
  flags: {
    data: { kind: "text", placeholder: "DIR", default: "here", help: "Folder of the thing" },
    mode: { kind: "text", placeholder: "M", choices: ["a", "b"], help: "Manner" },
    port: { kind: "integer", placeholder: "N", default: 80, min: 1, max: 65_535, help: "Port" },
    json: { kind: "switch", help: "JSON on stdout" },
  },
  examples: ["deno task sample -- --json"],
} as const satisfies TaskSpec<FlagSpecs>;

const CASES = [
  { args: [], flags: { data: "here", mode: undefined, port: 80, json: false } },
  { args: ["--json"], flags: { data: "here", mode: undefined, port: 80, json: true } },
  { args: ["--", "--json"], flags: { data: "here", mode: undefined, port: 80, json: true } },
  {
    args: ["--", "--port=81", "--mode", "b"],
    flags: { data: "here", mode: "b", port: 81, json: false },
  },
] as const;

for (const { args, flags } of CASES) {
  Deno.test(`flags of [${args.join(" ")}] are read with and without a leading --`, () =>
    assertEquals({ ...parseFlags(TASK, args).flags }, flags));
}

Deno.test("the -- that deno task hands through may stand behind an operand", () => {
  const { flags, operands } = parseFlags({ ...TASK, operands: "NAME" }, ["a", "--", "--json"]);
  assertEquals([flags.json, operands], [true, ["a"]]);
});

const REFUSED = [
  [["--nonsense"], "--nonsense"],
  [["--port", "0"], "from 1 to 65535"],
  [["--port", "x"], '--port "x"'],
  [["--port", "80.5"], "whole number"],
  [["--mode", "c"], "one of a, b"],
  [["operand"], '"operand"'],
  [["--data"], "--data"],
] as const;

for (const [args, named] of REFUSED) {
  Deno.test(`arguments [${args.join(" ")}] are refused by name`, () => {
    assertThrows(() => parseFlags(TASK, args), UsageError, named);
  });
}

Deno.test("help shows usage, every flag with its default and an example", () => {
  const text = helpText(TASK);
  for (const part of ["deno task sample", "--data DIR", "(here)", "--port N", "--help", "--json"]) {
    assertStringIncludes(text, part);
  }
  assertStringIncludes(text, "deno task sample -- --json");
});

Deno.test("output keeps stdout for one JSON value when JSON is asked for", () => {
  let out = "", err = "";
  const streams = { stdout: (text: string) => out += text, stderr: (text: string) => err += text };
  const machine = createOutput({ json: true, ...streams });
  machine.line("for people");
  machine.result({ a: 1 });
  assertEquals([out, err], ['{"a":1}\n', "for people\n"]);
  const human = createOutput({ json: false, ...streams });
  human.line("for people");
  human.result({ a: 1 });
  assertEquals([out, err], ['{"a":1}\nfor people\n', "for people\n"]);
});

Deno.test("a table pads columns, aligns numbers right and defuses control characters", () => {
  const text = tableText(["name", "n"], [["a\x1b[31mb", 5], ["long name", 12]]);
  assertEquals(text, ["name        n", "a\ufffd[31mb     5", "long name  12"].join("\n"));
});
