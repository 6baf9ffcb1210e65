import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodeBundle, signBundle } from "../../../../scoring/bundle/mod.ts";
import { GatewayError, type StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { KEY } from "../kit.ts";
import { SETTING, TENANT } from "../world.ts";
import { atSite, document, send, type Site, STREAM, world } from "./site.ts";

async function asked(edge: StandaloneEdge, path: string) {
  const response = await edge.app.request(path, { headers: { "x-api-key": KEY } });
  return await response.json();
}

async function modelsOf(edge: StandaloneEdge): Promise<string[]> {
  return (await asked(edge, "/v1/models")).models.map(({ id }: { id: string }) => id);
}

/** The world's model, fitted a moment later: another id. */
function nextModel(unsigned = false) {
  const { provenance } = world.model;
  const model = { ...world.model, provenance: { ...provenance, seed: provenance.seed + 1 } };
  const encoded = encodeBundle(model);
  return unsigned
    ? Promise.resolve({ id: encoded.id, bundle: encoded.unsigned })
    : signed(encoded, TENANT);
}

async function signed({ id, unsigned }: ReturnType<typeof encodeBundle>, tenantId: string) {
  return { id, bundle: await signBundle(unsigned, world.signer, tenantId) };
}

/** Assigns another model to the device. */
function assign({ gateway }: Pick<Site, "gateway">, modelId: string): void {
  const [device] = document.devices;
  const assignments = [{ ...device.assignments[0], modelId }];
  gateway.document = { ...document, devices: [{ ...device, assignments }] };
}

type Spoilt = (good: { id: string; bundle: Uint8Array }) => unknown;

const REFUSED: readonly (readonly [string, code: string, spoil: Spoilt])[] = [
  ["damaged in its forest", "BUNDLE_HASH", ({ bundle }) => {
    bundle[bundle.length - 200] ^= 1;
    return bundle;
  }],
  ["cut short", "BUNDLE_SIGNATURE", ({ bundle }) => bundle.slice(0, bundle.length - 72)],
  ["signed by nobody", "BUNDLE_SIGNATURE", async () => (await nextModel(true)).bundle],
  ["newer than the edge understands", "BUNDLE_VERSION", ({ bundle }) => {
    bundle[8]++;
    return bundle;
  }],
  ["no bundle at all", "BUNDLE_TRUNCATED", () => new Uint8Array(3)],
  ["of another tenant", "BUNDLE_SIGNATURE", async () => {
    const { provenance } = world.model;
    const model = { ...world.model, provenance: { ...provenance, seed: provenance.seed + 1 } };
    return (await signed(encodeBundle(model), "tenant-2")).bundle;
  }],
  ["unknown to the gateway", "MODEL_UNKNOWN", () => undefined],
];

for (const [what, code, spoil] of REFUSED) {
  Deno.test(`a model that is ${what} is refused as ${code}, and the old one goes on`, async () =>
    await atSite(async ({ gateway, lines, open }) => {
      const edge = open();
      await edge.refreshAssignments();
      const next = await nextModel();
      const bytes = await spoil({ ...next, bundle: next.bundle.slice() });
      if (bytes instanceof Uint8Array) gateway.bundles.set(next.id, bytes);
      assign({ gateway }, next.id);
      await edge.refreshAssignments();
      await edge.refreshAssignments();
      assertEquals(await modelsOf(edge), [world.modelId]);
      const { refusedModels } = await asked(edge, "/v1/status");
      assertEquals(
        refusedModels.map((one: { modelId: string; code: string }) => [
          one.modelId,
          one.code,
        ]),
        [[next.id, code]],
      );
      assertEquals(lines.filter(({ modelId }) => modelId === next.id).length, 1);
      await edge.sync();
      assertEquals(gateway.reports.at(-1)?.refusedModels[0].code, code);
      gateway.bundles.set(next.id, next.bundle);
      await edge.refreshAssignments();
      assertEquals(await modelsOf(edge), [next.id]);
      assertEquals((await asked(edge, "/v1/status")).refusedModels, []);
    }));
}

Deno.test("a setting that no trusted key has signed is refused, and the old one goes on", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    const [device] = document.devices;
    const assignments = [{ ...device.assignments[0], setting: '{"version":9}' }];
    gateway.document = { ...document, devices: [{ ...device, assignments }] };
    await edge.refreshAssignments();
    const { settingVersion } = await asked(edge, `/v1/models/${world.modelId}`);
    assertEquals(settingVersion, SETTING.version);
  }));

Deno.test("a new model judges from the next point on, and its predecessor is forgotten", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 93));
    const next = await nextModel();
    gateway.bundles.set(next.id, next.bundle);
    assign({ gateway }, next.id);
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(93, 99));
    await edge.sync();
    const judged = gateway.items.flatMap(({ anomalies }) =>
      anomalies.map(({ at, verdict }) => [at, verdict.modelId] as const)
    );
    const swappedAt = STREAM[92].at;
    assert(judged.some(([at]) => at < swappedAt) && judged.some(([at]) => at > swappedAt));
    // The bucket that was open at the swap is judged by the new one.
    for (const [at, modelId] of judged) {
      assertEquals(modelId, at < STREAM[91].at ? world.modelId : next.id);
    }
    gateway.bundles.clear();
    assign({ gateway }, world.modelId);
    await edge.refreshAssignments();
    assertEquals(await modelsOf(edge), [next.id]);
  }));

Deno.test("a kept bundle that the disk has damaged shows in /readyz and is fetched again", async () =>
  await atSite(async ({ damageBundles, open }) => {
    await open().refreshAssignments();
    damageBundles();
    const edge = open();
    await send(edge, STREAM.slice(0, 3));
    const broken = await edge.app.request("/readyz");
    const { checks } = await broken.json();
    assertEquals(broken.status, 503);
    assertEquals(
      checks.filter(({ ok }: { ok: boolean }) => !ok).map((one: { name: string }) => one.name),
      ["models"],
    );
    assertEquals(await edge.refreshAssignments(), true);
    assertEquals((await edge.app.request("/readyz")).status, 200);
    await send(edge, STREAM.slice(3, 98));
    const { incidents } = await asked(edge, "/v1/incidents");
    assertEquals(incidents.length, 1);
  }));

Deno.test("a change that the gateway tells of is taken at once", async () =>
  await atSite(async ({ gateway, open }) => {
    const stop = new AbortController();
    const edge = open({ assignmentsMs: 1e9, syncMs: 1e9 });
    const running = edge.run(stop.signal);
    while (gateway.listening === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await edge.refreshAssignments();
    const next = await nextModel();
    gateway.bundles.set(next.id, next.bundle);
    assign({ gateway }, next.id);
    gateway.tell("assignments");
    while ((await modelsOf(edge))[0] !== next.id) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    stop.abort();
    await running;
  }));

Deno.test("an edge tells which models judge there, again only when they are others", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    gateway.losesAnswers = 1;
    await assertRejects(() => edge.sync(), GatewayError);
    await edge.sync();
    await send(edge, STREAM.slice(0, 10));
    await edge.sync();
    gateway.document = {
      ...document,
      devices: document.devices.map((device) => ({ ...device, assignments: [] })),
    };
    await edge.refreshAssignments();
    await edge.sync();
    const { modelId } = world;
    const running = [{ detectorId: SETTING.detectorId, deviceId: "id-of-pump-7", modelId }];
    assertEquals(
      gateway.reports.map(({ models }) => models),
      [running, running, undefined, []],
    );
  }));
