import { assertEquals, assertThrows } from "@std/assert";
import type { Algorithm } from "../../../scoring/algorithm/mod.ts";
import { chooseAlgorithm } from "../../../scripts/detect/choice.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";
import { distance } from "./distance.ts";

function named(name: string, input: Algorithm["input"]): Algorithm {
  return { ...distance, name, input };
}

const ALL = [
  named("other_rows", "rows"),
  named("other_series", "series"),
  named("consensus", "rows"),
  named("series_novelty", "series"),
  named("device_watch", "series"),
  named("level_shift", "series"),
];

for (
  const [what, nature, expected] of [
    ["records", { hasTime: false, metrics: 3, hasTrain: false }, "consensus"],
    ["records with training", { hasTime: false, metrics: 3, hasTrain: true }, "consensus"],
    ["one metric", { hasTime: true, metrics: 1, hasTrain: false }, "series_novelty"],
    ["metrics with training", { hasTime: true, metrics: 3, hasTrain: true }, "device_watch"],
    ["metrics without training", { hasTime: true, metrics: 3, hasTrain: false }, "level_shift"],
  ] as const
) {
  Deno.test(`${what} are judged by ${expected}`, () =>
    assertEquals(chooseAlgorithm(ALL, undefined, nature).algorithm.name, expected));
}

const SERIES = { hasTime: true, metrics: 1, hasTrain: false };

Deno.test("a method that was asked for is chosen whatever the data are", () => {
  const { algorithm, reason } = chooseAlgorithm(ALL, "other_rows", SERIES);
  assertEquals([algorithm.name, reason], ["other_rows", "it was asked for"]);
});

Deno.test("where the method that suits is not there, another for such input is chosen", () =>
  assertEquals(chooseAlgorithm(ALL.slice(0, 3), undefined, SERIES).algorithm.name, "other_series"));

Deno.test("a method that there is not is refused, and those that are there are named", () => {
  assertThrows(() => chooseAlgorithm(ALL, "magic", SERIES), UsageError, "known are other_rows, ");
  assertThrows(() => chooseAlgorithm([distance], undefined, SERIES), UsageError, "--algorithm");
});
