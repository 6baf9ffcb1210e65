import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  createMapping,
  type MappingRule,
  type SourceSeries,
  topicLabels,
} from "../../../../scoring/edge/mapping/mod.ts";

function series(
  name: string,
  labels: Record<string, string>,
  more: Partial<SourceSeries> = {},
): SourceSeries {
  return { source: "prometheus", name, labels: new Map(Object.entries(labels)), ...more };
}

function mapped(of: SourceSeries, rules: readonly MappingRule[] = []) {
  const outcome = createMapping(rules).map(of);
  assert(outcome.outcome === "mapped", JSON.stringify(outcome));
  return outcome;
}

const CPU = series("node_cpu_seconds_total", { mode: "idle", instance: "web-1:9100", cpu: "0" });

Deno.test("without rules a series keeps its name and labels, and its instance is the device", () =>
  assertEquals(mapped(CPU), {
    outcome: "mapped",
    rule: null,
    device: "web-1:9100",
    metric: 'node_cpu_seconds_total{cpu="0",mode="idle"}',
    unit: "",
    kind: "counter",
  }));

const DEVICES: readonly (readonly [SourceSeries, device: string, metric: string])[] = [
  [series("up", { job: "node", instance: "a" }), "a", 'up{job="node"}'],
  [series("up", { job: "node", instance: "" }), "node", "up"],
  [series("up", { device: "d", host: "h" }), "d", 'up{host="h"}'],
  [
    series("rpc", { code: "0" }, { resource: new Map([["host.name", "h"], ["os.type", "linux"]]) }),
    "h",
    'rpc{code="0"}',
  ],
  [
    series("rpc", {}, { resource: new Map([["host.name", "h"], ["service.name", "shop"]]) }),
    "h",
    'rpc{service.name="shop"}',
  ],
  [series("rpc", {}, { resource: new Map([["service.name", "shop"]]) }), "shop", "rpc"],
];
for (const [of, device, metric] of DEVICES) {
  Deno.test(`${JSON.stringify([...of.labels, ...of.resource ?? []])} is ${metric} of ${device}`, () => {
    const outcome = mapped(of);
    assertEquals([outcome.device, outcome.metric], [device, metric]);
  });
}

const KINDS = [
  ["prometheus", "requests_total", undefined, "counter"],
  ["prometheus", "latency_bucket", undefined, "counter"],
  ["prometheus", "temperature", undefined, "gauge"],
  ["prometheus", "temperature", "counter", "counter"],
  ["prometheus", "fds_count", "gauge", "gauge"],
  ["influx", "cpu_count", undefined, "gauge"],
  ["influx", "requests_total", undefined, "counter"],
] as const;
for (const [source, name, kind, expected] of KINDS) {
  Deno.test(`${source} ${name}, stated as ${kind ?? "nothing"}, is a ${expected}`, () =>
    assertEquals(mapped(series(name, { host: "h" }, { source, kind })).kind, expected));
}

Deno.test("the first rule that matches decides, and what it leaves open is as without rules", () => {
  const rules: MappingRule[] = [
    { match: { name: "go_*" }, drop: true },
    { match: { labels: { mode: "idle" } }, without: ["cpu"], unit: "s" },
    { match: { name: "node_*" }, metric: "never" },
  ];
  const { rule, device, metric, unit, kind } = mapped(CPU, rules);
  assertEquals([rule, device, unit, kind], [1, "web-1:9100", "s", "counter"]);
  assertEquals(metric, 'node_cpu_seconds_total{mode="idle"}');
  const dropped = createMapping(rules).map(series("go_threads", { instance: "a" }));
  assertEquals(dropped, { outcome: "dropped", rule: 0 });
});

Deno.test("templates take labels, attributes of the sender and parts of a topic", () => {
  const rules = [{
    device: "{topic.2}",
    metric: "{topic.-1}.{__name__}",
    kind: "counter" as const,
  }];
  const of = series("value", {}, {
    source: "topic",
    resource: topicLabels("plant/press-4/oil/pressure"),
  });
  const { device, metric, kind } = mapped(of, rules);
  assertEquals([device, metric, kind], ["press-4", "pressure.value", "counter"]);
});

Deno.test("a rule whose template names a missing label does not match", () => {
  const rules = [{ device: "{rack}" }, { device: "{instance}-2" }];
  assertEquals(mapped(CPU, rules).device, "web-1:9100-2");
});

Deno.test("a series that nothing names is unnamed, and says what was wanted", () => {
  const outcome = createMapping([]).map(series("up", { zone: "a" }));
  assert(outcome.outcome === "unnamed");
  assertEquals(outcome.field, "device");
  assert(outcome.message.includes("host.name"));
});

const UNFIT = [
  series("up", { instance: "a\nb" }),
  series("up", { instance: "x".repeat(201) }),
  series("", { instance: "a" }),
];
for (const of of UNFIT) {
  Deno.test(`${JSON.stringify([of.name, ...of.labels]).slice(0, 40)} has no name here`, () =>
    assertEquals(createMapping([]).map(of).outcome, "unnamed"));
}

Deno.test("a long name keeps its beginning and stays apart from others", () => {
  const long = (end: string) =>
    mapped(series("m", { instance: "a", path: "/x".repeat(150) + end }));
  const { metric } = long("1");
  assertEquals(metric.length, 200);
  assert(metric.startsWith('m{path="/x/x'));
  assertEquals(metric, long("1").metric);
  assertNotEquals(metric, long("2").metric);
});

Deno.test("property: different label sets are different series, in whatever order labels come", () => {
  const label = fc.constantFrom("instance", "job", "cpu", "mode", "host", "path");
  const value = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme-ascii" });
  const labels = fc.dictionary(label, value, { noNullPrototype: true });
  fc.assert(
    fc.property(labels, labels, (left, right) => {
      const names = (of: Record<string, string>) => {
        const { device, metric } = mapped(series("m", { device: "d", ...of }));
        return [device, metric];
      };
      const same = JSON.stringify(Object.entries(left).sort()) ===
        JSON.stringify(Object.entries(right).sort());
      const reversed = Object.fromEntries(Object.entries(left).reverse());
      assertEquals(names(left), names(reversed));
      if (!same) assertNotEquals(names(left), names(right));
    }),
    { numRuns: 300 },
  );
});
