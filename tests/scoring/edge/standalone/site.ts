import type { TelemetryPoint } from "../../../../scoring/point.ts";
import {
  createIngest,
  createStandaloneEdge,
  type StandaloneEdge,
  type StandaloneEdgeOptions,
} from "../../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import type { DeviceEffects } from "../../../../scoring/pipeline/mod.ts";
import { assignedDocument, FakeGateway } from "../fake_gateway.ts";
import { KEY, telemetry } from "../kit.ts";
import { MemoryStore } from "../memory_store.ts";
import { MINUTE_MS, minutes, openWorld, SETTING, START, TENANT } from "../world.ts";

export const world = await openWorld();
export const document = await assignedDocument(world);
export const NOW = START + 1_440 * MINUTE_MS;

export interface Site {
  /** Where the edge's file lies. */
  readonly folder: string;
  /** Changes a byte of each kept bundle; the edge must be opened again. */
  readonly damageBundles: () => void;
  readonly gateway: FakeGateway;
  readonly errors: unknown[];
  /** Of the edge's log. */
  readonly lines: Readonly<Record<string, unknown>>[];
  /** The edge, made anew from its file when it was closed. */
  readonly open: (options?: Partial<StandaloneEdgeOptions>) => StandaloneEdge;
}

/** A gateway, and a folder for the edge's file: one that is removed, where none is given. */
export async function atSite(
  work: (site: Site) => Promise<void>,
  given?: { readonly folder: string },
): Promise<void> {
  const folder = given?.folder ?? await Deno.makeTempDir();
  const gateway = new FakeGateway(document);
  gateway.bundles.set(world.modelId, world.bundle);
  const errors: unknown[] = [];
  const lines: Record<string, unknown>[] = [];
  let edge: StandaloneEdge | undefined;
  let ids = 0;
  const open = (options: Partial<StandaloneEdgeOptions> = {}) => {
    edge?.close();
    edge = undefined;
    edge = createStandaloneEdge({
      database: openSqlite(`${folder}/edge.db`),
      gateway,
      edgeId: "edge-1",
      trustedKeys: world.trustedKeys,
      authenticate: (key) =>
        Promise.resolve(
          key === KEY ? { tenantId: TENANT, keyId: "local", role: "edge" } : undefined,
        ),
      now: () => NOW,
      newId: () => `id-${++ids}`,
      onError: (error) => errors.push(error),
      log: (level, message, fields) => lines.push({ level, message, ...fields }),
      ...options,
    });
    return edge;
  };
  try {
    const damageBundles = () => {
      edge?.close();
      edge = undefined;
      const database = openSqlite(`${folder}/edge.db`);
      const [{ bytes }] = database.all("select bytes from bundles");
      const damaged = (bytes as Uint8Array).slice();
      damaged[damaged.length - 200] ^= 1;
      database.run("update bundles set bytes = ?", [damaged]);
      database.close();
    };
    await work({ folder, gateway, errors, lines, damageBundles, open });
  } finally {
    edge?.close();
    if (given === undefined) await Deno.remove(folder, { recursive: true });
  }
}

export async function send(
  edge: StandaloneEdge,
  points: readonly TelemetryPoint[],
): Promise<number> {
  const response = await telemetry(edge.app, points);
  const { accepted } = await response.json();
  return accepted ?? response.status;
}

/** Calm, but for ten wild minutes in a hundred. */
export const STREAM = minutes(400, {
  shock: (minute) => minute % 100 < 90 ? 0 : minute % 2 === 0 ? 60 : -25,
});

/** What a memory store and an uncut stream say. */
export async function uncut(): Promise<DeviceEffects[]> {
  const store = new MemoryStore();
  store.addDevice("pump-7", { cpu: {} }).assignments.push({
    detectorId: SETTING.detectorId,
    modelId: world.modelId,
    setting: SETTING,
  });
  const openModel = () => Promise.resolve(world.model);
  await createIngest({ tenantId: TENANT, store, openModel, now: () => NOW }).ingest(STREAM);
  return store.commits;
}

export function told(items: readonly DeviceEffects[]) {
  return {
    points: items.flatMap(({ points }) => points.map(({ at, value }) => [at, value])),
    anomalies: items.flatMap(({ anomalies }) => anomalies.map(({ id, verdict }) => [id, verdict])),
    changes: items.flatMap(({ incidentChanges }) => [...incidentChanges]),
  };
}
