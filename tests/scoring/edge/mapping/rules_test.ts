import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  MappingError,
  parseMapping,
  parseRules,
  RULES_MAX,
} from "../../../../scoring/edge/mapping/mod.ts";
import { fitsGlob } from "../../../../scoring/edge/mapping/pattern.ts";

const REFUSED: readonly (readonly [unknown, field: string])[] = [
  [{}, "rules"],
  [Array(RULES_MAX + 1).fill({}), "rules"],
  [[null], "rules[0]"],
  [[{ devise: "x" }], 'rules[0]."devise"'],
  [[{ match: { lables: {} } }], 'rules[0].match."lables"'],
  [[{ match: { source: "kafka" } }], "rules[0].match.source"],
  [[{ match: { name: "x".repeat(201) } }], "rules[0].match.name"],
  [[{ match: { labels: { a: 1 } } }], 'rules[0].match.labels."a"'],
  [[{ device: "{host" }], "rules[0].device"],
  [[{ device: "" }], "rules[0].device"],
  [[{}, { metric: "a}b" }], "rules[1].metric"],
  [[{ metric: "m", without: ["a"] }], "rules[0].without"],
  [[{ without: Array(33).fill("a") }], "rules[0].without"],
  [[{ drop: "yes" }], "rules[0].drop"],
  [[{ kind: "histogram" }], "rules[0].kind"],
];
for (const [rules, field] of REFUSED) {
  Deno.test(`rules ${JSON.stringify(rules).slice(0, 48)} are refused for ${field}`, () => {
    const error = assertThrows(() => parseRules(rules), MappingError);
    assertEquals(error.field, field);
  });
}

Deno.test("a mapping without fields has no rules and makes what is unknown", () =>
  assertEquals(parseMapping({}), { rules: [], unknown: "create" }));

Deno.test("rules are taken over as they are, labels named __proto__ too", () => {
  const rules = JSON.parse(
    '[{"match":{"source":"influx","name":"cpu*","labels":{"__proto__":"a*"}},"drop":true},' +
      '{"device":"{host}","metric":"{__name__}","unit":"%","kind":"gauge"},{"without":["cpu"]}]',
  );
  assertEquals(JSON.stringify(parseRules(rules)), JSON.stringify(rules));
});

Deno.test("property: a glob fits what the regular expression of it fits", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "."), maxLength: 10 });
  fc.assert(
    fc.property(text, text, (glob, candidate) => {
      const source = glob.split("*").map((part) => part.replaceAll(".", "\\.")).join("[^]*");
      assertEquals(fitsGlob(glob, candidate), new RegExp(`^${source}$`).test(candidate));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a glob of many stars is quick on a text that nearly fits", () => {
  let compared = 0;
  const counted = new Proxy({}, {
    get: (_text, key) => key === "length" ? 2_000 : (compared++, "a"),
  });
  assert(!fitsGlob("*a".repeat(99) + "b", counted as string));
  assert(compared < 200 * 2_000, `${compared} comparisons`);
});
