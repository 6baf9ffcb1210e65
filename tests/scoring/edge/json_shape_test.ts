import { assertEquals, assertThrows } from "@std/assert";
import { parseJson, Problem } from "../../../scoring/edge/wire/mod.ts";

const SHAPE = { containersMax: 3_000, membersMax: 9_000 };
const encode = (text: string) => new TextEncoder().encode(text);

/** Long enough to be looked at before it is parsed. */
const padded = (text: string) => text + " ".repeat(70_000);
const list = (item: string, count: number) => `[${Array(count).fill(item).join(",")}]`;

for (
  const [what, text] of [
    ["as many objects as it may", list("{}", 2_999)],
    ["as many members as it may", list('{"a":1,"b":2,"c":3}', 2_999)],
    ["64 levels", "[".repeat(64) + "]".repeat(64)],
    ["brackets and colons in texts", JSON.stringify(['[{:"\\'.repeat(10_000), "\\"])],
  ] as const
) {
  Deno.test(`JSON with ${what} is parsed`, () => {
    assertEquals(parseJson(encode(padded(text)), SHAPE), JSON.parse(text));
  });
}

for (
  const [what, text, limit] of [
    ["one object too many", list("{}", 3_000), 3_000],
    ["one member too many", list('{"a":1,"b":2,"c":3,"d":4}', 2_251), 9_000],
    ["65 levels", "[".repeat(65) + "]".repeat(65), 64],
    ["objects behind an escaped quote", `["\\\"",${list("{}", 3_000)}]`, 3_000],
  ] as const
) {
  Deno.test(`JSON with ${what} is refused before it is parsed`, () => {
    const problem = assertThrows(() => parseJson(encode(padded(text)), SHAPE), Problem);
    assertEquals([problem.code, problem.details.limit], ["JSON_TOO_COMPLEX", limit]);
  });
}

Deno.test("a short text is parsed whatever its shape", () => {
  const text = list("{}", 5_000);
  assertEquals(parseJson(encode(text), SHAPE), JSON.parse(text));
});
