import { assertEquals } from "@std/assert";
import { signMapping } from "../../../../scoring/bundle/mod.ts";
import { type SignedMapping, Sources, type StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import type { MappingSettings } from "../../../../scoring/edge/mapping/mod.ts";
import { takeMessages } from "../../../../scoring/edge/sources/take_messages.ts";
import type { EdgeOfSources } from "../../../../scoring/edge/standalone/edge_sources.ts";
import { KEY, post } from "../kit.ts";
import { TENANT } from "../world.ts";
import { atSite, document, NOW, type Site, world } from "./site.ts";

const DROPS_ALL: MappingSettings = { rules: [{ drop: true }], unknown: "refuse", version: 4 };

async function signed(mapping: unknown, tenantId = TENANT): Promise<SignedMapping> {
  const { body, signature } = await signMapping(mapping, world.signer, tenantId);
  return { mapping: body, signature: btoa(String.fromCharCode(...signature)) };
}

/** Gives the edge this mapping with its next assignments. */
function give({ gateway }: Pick<Site, "gateway">, mapping: SignedMapping | undefined): void {
  gateway.document = { ...document, ...mapping !== undefined && { mapping } };
}

async function status(edge: StandaloneEdge) {
  const response = await edge.app.request("/v1/status", { headers: { "x-api-key": KEY } });
  return await response.json();
}

let samples = 0;

/** What becomes of a sample of a series: the status, and how many points were taken. */
async function sent(edge: StandaloneEdge, gateway: Site["gateway"], name: string, host = "pump-7") {
  const before = gateway.items.length;
  const body = `${name},host=${host} value=1 ${NOW - ++samples * 1_000}`;
  const answer = await post(edge.app, "/write?precision=ms", { body });
  await edge.sync();
  return [answer.status, gateway.items.length - before];
}

type Spoil = (good: SignedMapping) => SignedMapping | Promise<SignedMapping>;

const REFUSED: readonly (readonly [string, code: string, spoil: Spoil])[] = [
  [
    "changed on its way",
    "MAPPING_SIGNATURE",
    ({ mapping, signature }) => ({ mapping: mapping.replace("refuse", "create"), signature }),
  ],
  ["unsigned", "MAPPING_SIGNATURE", ({ mapping }) => ({ mapping, signature: "" })],
  ["signed by no base64", "MAPPING_SIGNATURE", ({ mapping }) => ({ mapping, signature: "%" })],
  ["of another tenant", "MAPPING_SIGNATURE", () => signed(DROPS_ALL, "tenant-2")],
  [
    "signed as a setting is",
    "MAPPING_SIGNATURE",
    ({ mapping }) => {
      const [{ assignments: [{ signature }] }] = document.devices;
      return { mapping, signature };
    },
  ],
  ["of rules that it does not know", "MAPPING_INVALID", () => signed({ rules: [{ scale: 2 }] })],
  ["without a version", "MAPPING_INVALID", () => signed({ rules: [], unknown: "create" })],
];

for (const [what, code, spoil] of REFUSED) {
  Deno.test(`a mapping that is ${what} is refused as ${code}, and the old one goes on`, async () =>
    await atSite(async (site) => {
      const { gateway, lines, open } = site;
      const edge = open();
      give(site, await signed({ rules: [], unknown: "refuse", version: 3 }));
      await edge.refreshAssignments();
      give(site, await spoil(await signed(DROPS_ALL)));
      await edge.refreshAssignments();
      await edge.refreshAssignments();
      const told = await status(edge);
      assertEquals([told.mapping.version, told.refusedMapping.code], [3, code]);
      assertEquals(lines.filter((each) => each.code === code).length, 1);
      assertEquals(await sent(edge, gateway, "cpu"), [204, 1]);
      assertEquals(gateway.reports.at(-1)?.naming?.refusedMapping?.code, code);
      give(site, await signed(DROPS_ALL));
      await edge.refreshAssignments();
      assertEquals((await status(edge)).refusedMapping, null);
      assertEquals(await sent(edge, gateway, "cpu"), [204, 0]);
    }));
}

Deno.test("a gateway that gives no mapping leaves unknown names in quarantine, and takes away none", async () =>
  await atSite(async (site) => {
    const { gateway, open } = site;
    const edge = open();
    await edge.refreshAssignments();
    assertEquals((await status(edge)).mapping, null);
    assertEquals(await sent(edge, gateway, "cpu"), [204, 1]);
    assertEquals(await sent(edge, gateway, "disk"), [204, 0]);
    assertEquals((await status(edge)).quarantine.series, 1);
    give(site, await signed(DROPS_ALL));
    await edge.refreshAssignments();
    give(site, undefined);
    await edge.refreshAssignments();
    assertEquals((await status(edge)).mapping.version, 4);
    assertEquals(await sent(open(), gateway, "cpu"), [204, 0]);
  }));

Deno.test("an old gateway does not answer names: their points wait, and the others go on", async () =>
  await atSite(async (site) => {
    const { gateway, open } = site;
    const edge = open();
    give(site, await signed({ rules: [], unknown: "create", version: 0 }));
    await edge.refreshAssignments();
    assertEquals(await sent(edge, gateway, "disk"), [204, 0]);
    assertEquals(await sent(edge, gateway, "cpu"), [204, 1]);
    assertEquals((await status(open())).waiting, { series: 1, points: 1 });
  }));

Deno.test("quarantine outlives a restart, and is told to the gateway once a minute", async () =>
  await atSite(async (site) => {
    const { gateway, open } = site;
    let now = NOW;
    const clock = { now: () => now };
    let edge = open(clock);
    give(site, await signed({ rules: [], unknown: "quarantine", version: 1 }));
    await edge.refreshAssignments();
    const told: unknown[] = [];
    const { sync } = gateway;
    gateway.sync = (request) => {
      told.push((request.quarantine ?? []).map(({ metric, points }) => [metric, points]));
      return sync.call(gateway, request);
    };
    await sent(edge, gateway, "disk");
    await sent(edge, gateway, "disk");
    now += 60_000;
    await edge.sync();
    await edge.sync();
    edge = open(clock);
    await sent(edge, gateway, "disk", "pump-8");
    assertEquals(told, [[["disk", 1]], [], [["disk", 2]], [], [["disk", 2], ["disk", 1]]]);
    const { quarantine } = await status(edge);
    assertEquals([quarantine.series, quarantine.points, quarantine.newest[0].device], [
      2,
      3,
      "pump-8",
    ]);
  }));

Deno.test("a source maps by its own rules, then by its tenant's, and the tenant says what is new", async () =>
  await atSite(async (site) => {
    const { gateway, open } = site;
    let ofSources: EdgeOfSources | undefined;
    const edge = open({
      openSources: (edge) => {
        ofSources = edge;
        return new Sources([]);
      },
    });
    await edge.refreshAssignments();
    const { openIntake, ingest } = ofSources!;
    const own = [{ match: { labels: { topic: "own/*" } }, device: "own", metric: "{topic.-1}" }];
    const intake = openIntake(ingest(), { rules: own, unmapped: "refuse" });
    const reading = { format: "json", topics: [], separator: "/" } as const;
    const take = async (topic: string) => {
      const body = new TextEncoder().encode(JSON.stringify({ at: NOW, value: 1 }));
      const message = { topic, id: "1", at: NOW, body };
      const { accepted, skipped, dead } = await takeMessages(intake, [message], reading);
      return [accepted, skipped, ...dead.map(({ code }) => code)];
    };
    assertEquals(await take("own/load"), [0, 0, "DEVICE_UNKNOWN"]);
    const rules = [{ device: "{topic.1}", metric: "of-{topic.2}", kind: "counter", unit: "s" }];
    give(site, await signed({ rules, unknown: "create", version: 1 }));
    await edge.refreshAssignments();
    assertEquals(await take("own/load"), [1, 0]);
    assertEquals(await take("theirs/load"), [1, 0]);
    const wanted: unknown[] = [];
    const { sync } = gateway;
    gateway.sync = (request) => {
      wanted.push(request.names);
      return sync.call(gateway, request);
    };
    await edge.sync();
    assertEquals(wanted, [{
      devices: ["own", "theirs"],
      metrics: [
        { name: "load", unit: "", kind: "gauge" },
        { name: "of-load", unit: "s", kind: "counter" },
      ],
    }]);
    give(site, await signed({ rules, unknown: "quarantine", version: 2 }));
    await edge.refreshAssignments();
    assertEquals(await take("theirs/heat"), [0, 1]);
    const { quarantine: { newest: [{ device, metric, kind, origin }] } } = await status(edge);
    assertEquals([device, metric, kind], ["theirs", "of-heat", "counter"]);
    assertEquals(origin, { source: "topic", name: "heat", labels: { topic: "theirs/heat" } });
  }));

Deno.test("hundreds of news at once are one look at the assignments", async () =>
  await atSite(async (site) => {
    const { gateway, open } = site;
    const edge = open();
    let looks = 0;
    const { assignments } = gateway;
    gateway.assignments = (edgeId, etag) => {
      looks++;
      return assignments.call(gateway, edgeId, etag);
    };
    await Promise.all(Array.from({ length: 300 }, () => edge.refreshAssignments()));
    assertEquals(looks, 1);
  }));
