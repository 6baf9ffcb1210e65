import { assertEquals, assertThrows } from "@std/assert";
import { InvalidInputError } from "../../domain/mod.ts";
import {
  checkedChoice,
  checkedInteger,
  checkedMetadata,
  checkedName,
  checkedNumber,
  checkedOptionalName,
  checkedTimeZone,
} from "../../domain/input.ts";

Deno.test("a name is kept in Unicode's composed form", () => {
  assertEquals(checkedName("name", "e\u0301te\u0301"), "\u00e9t\u00e9");
  assertEquals(checkedName("name", " __proto__ "), " __proto__ ");
  assertEquals(checkedName("name", "x".repeat(200)).length, 200);
});

const names = [
  ["empty", "", undefined],
  ["blank", " \u00a0 ", undefined],
  ["with a NUL", "a\0b", undefined],
  ["with a line break", "a\r\nb", undefined],
  ["with an escape sequence", "\x1b[31m", undefined],
  ["with half a character", "a\ud800", undefined],
  ["too long", "x".repeat(201), 200],
] as const;

for (const [what, name, limit] of names) {
  Deno.test(`a name that is ${what} is refused`, () => {
    const error = assertThrows(() => checkedName("name", name), InvalidInputError);
    assertEquals([error.field, error.limit], ["name", limit]);
  });
}

Deno.test("what is not given stays null", () => {
  assertEquals([null, undefined, "a"].map((name) => checkedOptionalName("cohort", name)), [
    null,
    null,
    "a",
  ]);
});

Deno.test("numbers are refused outside their bounds, and NaN always", () => {
  assertEquals([0, 0.5, 1].map((value) => checkedNumber("n", value, 0, 1)), [0, 0.5, 1]);
  for (const value of [-0.1, 1.1, NaN, Infinity]) {
    assertThrows(() => checkedNumber("n", value, 0, 1), InvalidInputError);
  }
  assertThrows(() => checkedInteger("n", 0.5, 0, 1), InvalidInputError);
  assertEquals(checkedInteger("n", 1, 0, 1), 1);
});

Deno.test("zones, choices and metadata are checked", () => {
  assertEquals(checkedTimeZone("timeZone", "Europe/Berlin"), "Europe/Berlin");
  assertThrows(() => checkedTimeZone("timeZone", "Mars/Olympus"), InvalidInputError);
  assertEquals(checkedChoice("mode", "a", ["a", "b"]), "a");
  assertThrows(() => checkedChoice("mode", "toString", ["a", "b"]), InvalidInputError);
  assertEquals(checkedMetadata("metadata", { floor: 3 }), { floor: 3 });
  const large = () => checkedMetadata("metadata", { note: "x".repeat(20_000) });
  assertEquals(assertThrows(large, InvalidInputError).limit, 16_384);
});
