import { assertEquals, assertThrows } from "@std/assert";
import { SourceConfigError } from "../../../../scoring/edge/mod.ts";
import {
  filterOf,
  fitTopic,
  parseTopicTemplate,
  topicNames,
} from "../../../../scoring/edge/sources/topic_template.ts";

const template = (text: string, separator = "/") => parseTopicTemplate("topics", text, separator);

const FITS = [
  ["site/{site}/{device}/{metric}", "site/north/boiler/level", {
    site: "north",
    device: "boiler",
    metric: "level",
  }],
  ["site/+/{device}/#", "site/north/boiler/a/b", { device: "boiler" }],
  ["{device}/{metric+}", "boiler/a/b", { device: "boiler", metric: "a/b" }],
  ["{device}/{metric}", "boiler/a/b", undefined],
  ["{device}/{metric}", "boiler", undefined],
  ["{device}/{metric+}", "boiler", undefined],
  ["site/{device}", "plant/boiler", undefined],
] as const;

for (const [text, topic, names] of FITS) {
  Deno.test(`${topic} in ${text} gives ${JSON.stringify(names)}`, () => {
    const found = fitTopic(template(text), topic);
    assertEquals(found && Object.fromEntries(found), names);
  });
}

Deno.test("a template becomes the filter of its broker", () => {
  const mqtt = filterOf(template("site/{site}/+/{rest+}"), { one: "+", rest: "#" });
  assertEquals(mqtt, "site/+/+/#");
  const nats = filterOf(template("site.{site}.+.#", "."), { one: "*", rest: ">" });
  assertEquals(nats, "site.*.*.>");
});

Deno.test("a topic that no template knows still tells its levels", () => {
  const { device, metric, labels } = topicNames([template("{device}")], "a/b", "/");
  assertEquals([device, metric], [undefined, "b"]);
  assertEquals(labels.get("topic.1"), "a");
});

const REFUSED = [
  "",
  "a/#/b",
  "{a+}/b",
  "a/{b}/{b}",
  "a/{b",
  "a/x{b}",
  "a b",
  "a/*",
  "a/>",
  "x".repeat(201),
];

for (const text of REFUSED) {
  Deno.test(`a template is not "${text.slice(0, 10)}"`, () => {
    assertThrows(() => template(text), SourceConfigError, "topics");
  });
}
