import { assertEquals } from "@std/assert";
import { NOW, post } from "../kit.ts";
import { KEY } from "../kit.ts";
import { senderEdge } from "./sender_kit.ts";

function dryRun(edge: ReturnType<typeof senderEdge>, body: unknown) {
  return post(edge.app, "/v1/mapping/dry-run", { body: JSON.stringify(body) });
}

Deno.test("a dry run shows what would become of series, and keeps nothing", async () => {
  const rules = [{ match: { name: "go_*" }, drop: true }];
  const edge = senderEdge({ settings: { rules, version: 1 } });
  const series = [
    { name: "go_threads", labels: { instance: "a" } },
    { name: "cpu", source: "influx", labels: { cpu: "cpu0" }, resource: { host: "a" }, unit: "%" },
    { name: "up" },
  ];
  const { outcomes } = await (await dryRun(edge, { series })).json();
  assertEquals(outcomes.slice(0, 2), [
    { outcome: "dropped", rule: 0 },
    {
      outcome: "mapped",
      rule: null,
      device: "a",
      metric: 'cpu{cpu="cpu0"}',
      unit: "%",
      kind: "gauge",
    },
  ]);
  assertEquals([outcomes[2].outcome, outcomes[2].field], ["unnamed", "device"]);
  const tried = await (await dryRun(edge, { rules: [], series })).json();
  assertEquals(tried.outcomes[0].metric, "go_threads");
  assertEquals([edge.stored(), edge.made], [{}, []]);
});

const BAD: readonly (readonly [unknown, field: string])[] = [
  [{}, "series"],
  [{ series: Array(1_001).fill({ name: "a" }) }, "series"],
  [{ series: [1] }, "series[0]"],
  [{ series: [{}] }, "series[0].name"],
  [{ series: [{ name: "a", source: "x" }] }, "series[0].source"],
  [{ series: [{ name: "a", kind: "x" }] }, "series[0].kind"],
  [{ series: [{ name: "a", labels: { a: 1 } }] }, 'series[0].labels."a"'],
  [{ series: [{ name: "a", resource: [] }] }, "series[0].resource"],
  [{ series: [], rules: {} }, "rules"],
];
for (const [body, field] of BAD) {
  Deno.test(`the dry run ${JSON.stringify(body).slice(0, 50)} is refused for ${field}`, async () => {
    const response = await dryRun(senderEdge(), body);
    assertEquals([response.status, (await response.json()).field], [422, field]);
  });
}

Deno.test("the quarantine is listed", async () => {
  const edge = senderEdge({ settings: { unknown: "quarantine" } });
  const sent = { body: `m,host=new v=1 ${NOW}000000` };
  assertEquals((await post(edge.app, "/write", sent)).status, 204);
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await edge.app.request("/v1/mapping/quarantine", { headers });
  assertEquals(await response.json(), {
    series: [{
      device: "new",
      metric: "m_v",
      unit: "",
      kind: "gauge",
      origin: {
        source: "influx",
        name: "m_v",
        labels: { __measurement__: "m", __field__: "v", host: "new" },
      },
      points: 1,
      firstSeenAt: NOW,
      lastSeenAt: NOW,
      lastAt: NOW,
      lastValue: 1,
    }],
  });
});
