import type { Hono } from "hono";
import {
  createEdgeApp,
  createIngest,
  type EdgeAppOptions,
  type Ingest,
  type IngestOptions,
  type ModelCatalog,
} from "../../../scoring/edge/mod.ts";
import { MemoryStore } from "./memory_store.ts";

export const NOW = Date.UTC(2026, 5, 1, 12);
export const KEY = "key-of-sender";

/** A catalogue without models. */
export const NO_MODELS: ModelCatalog = {
  list: () => Promise.resolve([]),
  find: () => Promise.resolve(undefined),
};

export interface TestEdge {
  readonly app: Hono;
  readonly store: MemoryStore;
  readonly ingest: Ingest;
  readonly errors: unknown[];
}

/** A store with one device `pump-7` of two metrics, and the app in front of it. */
export function testEdge(
  options: Partial<EdgeAppOptions> & {
    readonly ingest?: Partial<IngestOptions>;
    readonly models?: ModelCatalog;
  } = {},
): TestEdge {
  const store = new MemoryStore();
  store.addDevice("pump-7", { cpu: {}, load: { minValue: 0, maxValue: 100 } });
  const errors: unknown[] = [];
  const ingest = createIngest({
    tenantId: "tenant-1",
    store,
    openModel: () => Promise.reject(new Error("no model")),
    now: () => NOW,
    ...options.ingest,
  });
  let requests = 0;
  const app = createEdgeApp({
    authenticate: (key) => Promise.resolve(PRINCIPALS.get(key)),
    tenantOf: () => ({ ingest, models: options.models ?? NO_MODELS }),
    now: () => NOW,
    newId: () => `request-${++requests}`,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { app, store, ingest, errors };
}

const PRINCIPALS = new Map([
  [KEY, { tenantId: "tenant-1", keyId: "key-1", role: "edge" }],
  ["key-of-viewer", { tenantId: "tenant-1", keyId: "key-2", role: "viewer" }],
]);

export interface Sent {
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
}

/** POSTs with the sender's key; JSON unless the headers say otherwise. */
export async function post(app: Hono, path: string, { body, headers }: Sent): Promise<Response> {
  return await app.request(path, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", ...headers },
  });
}

export function telemetry(app: Hono, points: unknown, headers?: Record<string, string>) {
  return post(app, "/v1/telemetry", { body: JSON.stringify({ points }), headers });
}

/** A good point of `pump-7`, changed by `change`. */
export function point(change: Record<string, unknown> = {}): Record<string, unknown> {
  return { device: "pump-7", metric: "cpu", at: NOW - 60_000, value: 1, ...change };
}
