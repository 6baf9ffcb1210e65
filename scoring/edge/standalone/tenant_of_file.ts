import { BundleError, openBundle } from "../../bundle/mod.ts";
import type { Model } from "../../detect/mod.ts";
import {
  countCommitted,
  type EdgeMetrics,
  type EdgeTenant,
  type HealthCheck,
  type IncidentCatalog,
  type ModelStatus,
} from "../http/mod.ts";
import { createIngest, createModelCache, type Ingest } from "../ingest/mod.ts";
import { Problem } from "../wire/mod.ts";
import type { StandaloneEdgeOptions } from "./edge_options.ts";
import { GatewayError } from "./gateway_client.ts";
import { createScoreBoard } from "./score_board.ts";
import { createKeptModels } from "./kept_models.ts";
import type { Naming } from "./naming/mod.ts";
import { OpenedModels } from "./opened_models.ts";
import { readMeta, type SqliteStore, writeMeta } from "./store/mod.ts";

export interface TenantOptions extends StandaloneEdgeOptions {
  readonly store: SqliteStore;
  readonly naming: Naming;
  readonly metrics: EdgeMetrics;
}

interface OpenTenant extends EdgeTenant {
  readonly tenantId: string;
  readonly ingest: Ingest;
}

/** The one tenant that a file belongs to, known once the gateway has told it. */
export class TenantOfFile {
  readonly #options: TenantOptions;
  /** Models whose kept bundle is damaged, by id, with the code of what is wrong. */
  readonly #damaged = new Map<string, string>();
  readonly #opened = new OpenedModels();
  #open: OpenTenant | undefined;

  constructor(options: TenantOptions) {
    this.#options = options;
    const tenantId = readMeta(options.database, "tenant_id");
    if (tenantId !== undefined) this.#open = this.#openTenant(tenantId);
  }

  /** Whether the gateway has told it. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** @throws {Problem} `NOT_READY` before the first assignments. */
  get(): OpenTenant {
    if (this.#open !== undefined) return this.#open;
    throw new Problem("NOT_READY", "Cannot take points before the gateway has assigned devices", {
      headers: { "retry-after": "5" },
    });
  }

  /** What the gateway has assigned; nothing before it has told the tenant. */
  async listModels(): Promise<ModelStatus[]> {
    return this.#open === undefined ? [] : await this.#opened.statusOf(this.#open.models);
  }

  /** @param fault Code of why the gateway does not do what it is asked. */
  checks(fault = "no answer yet"): HealthCheck[] {
    const unassigned = `the gateway has not assigned anything: ${fault}`;
    const damaged = [...this.#damaged].map(([id, code]) => `${id.slice(0, 12)}: ${code}`);
    return [
      check(
        "assignments",
        this.#open === undefined ? unassigned : fault === TENANT_OTHER ? OF_OTHER : undefined,
      ),
      check("models", damaged.length === 0 ? undefined : `damaged: ${damaged.join(", ")}`),
    ];
  }

  /** @throws {GatewayError} `TENANT_OTHER` when the file is another tenant's: points must not mix. */
  refuseOther(tenantId: string): void {
    const known = this.#open?.tenantId ?? tenantId;
    if (known !== tenantId) {
      const message = `Cannot use this file for tenant "${tenantId}": it belongs to "${known}"`;
      throw new GatewayError(message, CONFLICT, TENANT_OTHER);
    }
  }

  /** Takes points from now on; what was damaged has been fetched again. */
  adopt(tenantId: string, clockMode: string): void {
    writeMeta(this.#options.database, "tenant_id", tenantId);
    writeMeta(this.#options.database, "clock_mode", clockMode);
    this.#damaged.clear();
    this.#open ??= this.#openTenant(tenantId);
  }

  /** In replay only data closes buckets. */
  async tick(): Promise<void> {
    if (readMeta(this.#options.database, "clock_mode") === "replay") return;
    await this.#open?.ingest.tick();
  }

  #openTenant(tenantId: string): OpenTenant {
    const { store, naming, metrics, now, limits } = this.#options;
    const openModel = createModelCache((id) => this.#openModel(tenantId, id));
    const ingest = createIngest({
      tenantId,
      store,
      openModel,
      now,
      requestsWaitingMax: limits?.requestsWaitingMax,
      onCommitted: countCommitted(metrics),
      onBadBundle: (error, modelId) => this.#forget(modelId, error),
    });
    const models = createKeptModels(store, openModel);
    return {
      tenantId,
      ingest,
      intake: naming.openIntake(ingest, { rules: [], unmapped: "quarantine" }),
      models,
      incidents: incidentsOf(store),
      scores: createScoreBoard(store, ingest, openModel),
    };
  }

  async #openModel(tenantId: string, id: string): Promise<Model> {
    const { store, trustedKeys } = this.#options;
    const { model } = await openBundle(await store.loadBundle(id), { tenantId, trustedKeys, id });
    this.#opened.add(id, model);
    return model;
  }

  /** The disk has damaged it: the gateway has another copy. */
  #forget(modelId: string, error: BundleError): void {
    const { store, database, log } = this.#options;
    this.#damaged.set(modelId, error.code);
    store.forgetBundle(modelId);
    writeMeta(database, "etag", "");
    log("error", "Kept model is damaged and is fetched again", { modelId, code: error.code });
  }
}

/** Code of a gateway's answer that is for another tenant. */
const TENANT_OTHER = "TENANT_OTHER";

const OF_OTHER = "the key of the gateway is of another tenant than the file";

/** Its HTTP status. */
const CONFLICT = 409;

function check(name: string, detail: string | undefined): HealthCheck {
  return detail === undefined ? { name, ok: true } : { name, ok: false, detail };
}

function incidentsOf(store: SqliteStore): IncidentCatalog {
  const names = () => new Map(store.listDevices().map(({ deviceId, name }) => [deviceId, name]));
  return {
    list: (query) => {
      const nameOf = names();
      const incidents = store.incidents.list(query);
      return Promise.resolve(incidents.map((incident) => (
        { ...incident, device: nameOf.get(incident.deviceId) ?? incident.deviceId }
      )));
    },
    find: (id) => {
      const incident = store.incidents.find(id);
      return Promise.resolve(
        incident && { ...incident, device: names().get(incident.deviceId) ?? incident.deviceId },
      );
    },
  };
}
