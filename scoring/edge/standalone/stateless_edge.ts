import type { Hono } from "hono";
import { openBundle } from "../../bundle/mod.ts";
import { createEdgeApp, EdgeMetrics, type EdgeTenant, type ScoringStatus } from "../http/mod.ts";
import { createModelCache } from "../ingest/mod.ts";
import type { MappingSettings } from "../mapping/mod.ts";
import { Problem } from "../wire/mod.ts";
import { type AssignmentStore, takeAssignments } from "./assignments.ts";
import type { GatewayEdgeOptions } from "./edge_options.ts";
import { GatewayError } from "./gateway_client.ts";
import { GatewayLink } from "./gateway_link.ts";
import { addModelsGauge, createKeptModels } from "./kept_models.ts";
import { OpenedModels } from "./opened_models.ts";
import { RefusedModels } from "./refused_models.ts";
import type { Assigned, KeptDevice } from "./store/mod.ts";

/** How long assignments are believed before the gateway is asked again. */
const FRESH_MS = 15_000;

/** An edge for runtimes that keep nothing: it scores, and refuses telemetry by `NO_DURABLE_STORE`. */
export interface StatelessEdge {
  readonly app: Hono;
}

/**
 * Holds the assigned models in memory. There is no clock of its own, as isolates live for requests
 * alone: the first request waits for the assignments, later ones ask anew when they are old.
 */
export function createStatelessEdge(options: GatewayEdgeOptions): StatelessEdge {
  const metrics = new EdgeMetrics();
  const models = new AssignedInMemory(options, metrics);
  const app = createEdgeApp({
    ...options,
    metrics,
    status: () => models.status(),
    tenantOf: () => models.tenant(),
    checks: async () => {
      const name = "assignments";
      const isKnown = await models.tenant().then(() => true, () => false);
      return [isKnown ? { name, ok: true } : { name, ok: false, detail: "no assignments yet" }];
    },
  });
  return { app };
}

class AssignedInMemory {
  readonly #options: GatewayEdgeOptions;
  readonly #store = new MemoryAssignments();
  readonly #opened = new OpenedModels();
  readonly #link: GatewayLink;
  readonly #refused: RefusedModels;
  #tenant: EdgeTenant | undefined;
  #etag: string | null = null;
  #askedAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(options: GatewayEdgeOptions, metrics: EdgeMetrics) {
    this.#options = options;
    this.#link = new GatewayLink(options.log);
    this.#refused = new RefusedModels(options.log);
    addModelsGauge(metrics, this.#store);
  }

  async status(): Promise<ScoringStatus> {
    await this.#refreshWhenOld();
    return {
      edgeId: this.#options.edgeId,
      models: this.#tenant === undefined ? [] : await this.#opened.statusOf(this.#tenant.models),
      refusedModels: this.#refused.list,
      gatewayFault: this.#link.fault ?? null,
    };
  }

  /** @throws {Problem} `NOT_READY` while the gateway has not assigned anything. */
  async tenant(): Promise<EdgeTenant> {
    await this.#refreshWhenOld();
    if (this.#tenant !== undefined) return this.#tenant;
    throw new Problem("NOT_READY", "Cannot score before the gateway has assigned models", {
      headers: { "retry-after": "5" },
    });
  }

  /** What was assigned before goes on while the gateway is away. */
  async #refreshWhenOld(): Promise<void> {
    const { now } = this.#options;
    if (now() - this.#askedAt <= FRESH_MS) return;
    this.#asking ??= this.#link.attempt("assignments", () => this.#refresh()).catch((error) => {
      if (!(error instanceof GatewayError)) throw error;
      if (this.#tenant !== undefined) this.#askedAt = now();
    }).finally(() => this.#asking = undefined);
    await this.#asking;
  }

  async #refresh(): Promise<void> {
    const { gateway, edgeId, trustedKeys, now } = this.#options;
    const tagged = await gateway.assignments(edgeId, this.#etag);
    this.#askedAt = now();
    if (tagged === undefined) return;
    const deps = { gateway, store: this.#store, trustedKeys };
    const { models } = await takeAssignments(deps, tagged.document);
    this.#refused.replace(models);
    this.#etag = models.length === 0 ? tagged.etag : null;
    this.#tenant ??= this.#openTenant(tagged.document.tenantId);
  }

  #openTenant(tenantId: string): EdgeTenant {
    const { trustedKeys } = this.#options;
    const openModel = createModelCache(async (id) => {
      const trust = { tenantId, trustedKeys, id };
      const { model } = await openBundle(this.#store.bundle(id), trust);
      this.#opened.add(id, model);
      return model;
    });
    return { ingest: undefined, models: createKeptModels(this.#store, openModel) };
  }
}

class MemoryAssignments implements AssignmentStore {
  #devices: readonly KeptDevice[] = [];
  readonly #bundles = new Map<string, Uint8Array>();

  listDevices(): readonly KeptDevice[] {
    return this.#devices;
  }

  /** It takes no samples that would be mapped. */
  mapping(): MappingSettings | undefined {
    return undefined;
  }

  replaceAssigned({ devices }: Assigned): void {
    this.#devices = devices;
    const used = new Set(
      devices.flatMap(({ assignments }) => assignments.map(({ modelId }) => modelId)),
    );
    for (const id of this.#bundles.keys()) if (!used.has(id)) this.#bundles.delete(id);
  }

  hasBundle(modelId: string): boolean {
    return this.#bundles.has(modelId);
  }

  keepBundle(modelId: string, bytes: Uint8Array): void {
    this.#bundles.set(modelId, bytes);
  }

  /** @throws {RangeError} When it is not kept. */
  bundle(modelId: string): Uint8Array {
    const bytes = this.#bundles.get(modelId);
    if (bytes === undefined) throw new RangeError(`Cannot find the bundle of model "${modelId}"`);
    return bytes;
  }
}
