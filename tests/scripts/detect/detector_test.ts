import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkParameters, parseDetector, readDetector } from "../../../scripts/detect/detector.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";
import { distance } from "./distance.ts";

Deno.test("a detector file says what scores and how", () => {
  const detector = {
    algorithm: "distance",
    parameters: { power: 2 },
    columns: ["a"],
    timeColumn: "at",
    threshold: 0.7,
  };
  assertEquals(parseDetector(JSON.stringify(detector), "d.json"), detector);
});

for (
  const [what, text, found] of [
    ["is no JSON", "{", "JSON"],
    ["is no object", "[]", "must be an object"],
    ["names no algorithm", "{}", "algorithm must be a text"],
    [
      "has a field that there is not",
      '{"algorithm":"a","treshold":1}',
      "there is no field treshold",
    ],
    [
      "has a threshold of 1",
      '{"algorithm":"a","threshold":1}',
      "threshold must be a number above 0",
    ],
    [
      "has a contamination above a half",
      '{"algorithm":"a","contamination":0.6}',
      "contamination must be a number above 0 and at most 0.5",
    ],
    [
      "has a parameter that is no number",
      '{"algorithm":"a","parameters":{"k":"5"}}',
      "parameters.k must be a number",
    ],
    ["has no columns", '{"algorithm":"a","columns":[]}', "columns must be a list of names"],
    ["has a column twice", '{"algorithm":"a","columns":["x","x"]}', '"x" is there twice'],
    ["decides twice", '{"algorithm":"a","threshold":0.5,"contamination":0.1}', "give one of them"],
  ] as const
) {
  Deno.test(`a detector file is refused that ${what}`, () => {
    const { message } = assertThrows(() => parseDetector(text, "d.json"), UsageError, found);
    assertEquals(message.includes('"d.json"'), true);
  });
}

Deno.test("a detector file that is not there is refused", async () => {
  await assertRejects(() => readDetector("no-such.json"), UsageError, "no such file");
});

Deno.test("parameters that a method does not take are refused by their names", () => {
  assertEquals(checkParameters(distance, { power: 2 }), { power: 2 });
  assertThrows(() => checkParameters(distance, { k: 2 }), UsageError, "distance");
  assertThrows(() => checkParameters(distance, { power: 9 }), UsageError, "power");
});
