import {
  createTenantEdgeStore,
  type Database,
  findBundle,
  findTenant,
  listTenants,
  type Tenant,
} from "../../domain/mod.ts";
import { openBundle, type TrustedKeys } from "../../scoring/bundle/mod.ts";
import {
  countCommitted,
  createIngest,
  createModelCache,
  type EdgeMetrics,
  type EdgeTenant,
  type Ingest,
} from "../../scoring/edge/mod.ts";
import { createIncidentCatalog } from "./incident_catalog.ts";
import { createModelCatalog } from "./model_catalog.ts";
import { findStoredAnomaly } from "./stored_anomaly.ts";
import { StoredQuarantine } from "./stored_quarantine.ts";
import { createTenantIntake } from "./tenant_intake.ts";

const TENANTS_PER_PAGE = 200;

export interface EdgeTenantsOptions {
  readonly database: Database;
  readonly trustedKeys: TrustedKeys;
  readonly metrics: EdgeMetrics;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Names devices and metrics that senders bring. */
  readonly newId: () => string;
  /** Told of what fails where nobody waits for an answer. */
  readonly onError: (error: unknown) => void;
}

/** The in-process edge of every tenant. */
export interface EdgeTenants {
  /** @throws {Error} When there is no such tenant; keys are verified against tenants that are. */
  get(tenantId: string): Promise<EdgeTenant>;
  /** Closes the buckets of devices of live tenants that have been silent, and stores quarantines. */
  tick(): Promise<void>;
  /** Stops watching for changes by others. */
  close(): void;
}

export function createEdgeTenants(options: EdgeTenantsOptions): EdgeTenants {
  const { database, onError } = options;
  // Those who ask at the same moment share one opening: a tenant has one ingest, or its devices two states.
  const opening = new Map<string, Promise<OpenTenant>>();
  const get = (tenantId: string) => {
    const known = opening.get(tenantId);
    if (known) return known;
    const opened = openTenant(options, tenantId).catch((error) => {
      opening.delete(tenantId);
      throw error;
    });
    opening.set(tenantId, opened);
    return opened;
  };
  return {
    get,
    tick: async () => {
      for await (const tenant of liveTenants(database)) {
        try {
          await (await get(tenant.id)).ingest.tick();
        } catch (error) {
          onError(error);
        }
      }
      for (const tenant of opening.values()) {
        await tenant.then(({ quarantine }) => quarantine.store()).catch(onError);
      }
    },
    close: () => {
      for (const tenant of opening.values()) tenant.then(({ close }) => close(), () => {});
    },
  };
}

interface OpenTenant extends EdgeTenant {
  readonly ingest: Ingest;
  readonly quarantine: StoredQuarantine;
  close(): void;
}

async function openTenant(options: EdgeTenantsOptions, tenantId: string): Promise<OpenTenant> {
  const { database, trustedKeys, metrics, now, newId, onError } = options;
  const tenant = await findTenant(database, tenantId);
  if (!tenant) throw new RangeError(`Cannot open the edge of tenant "${tenantId}": it is unknown`);
  const view = database.tenant(tenantId);
  const openModel = createModelCache(async (id) => {
    const bytes = await findBundle(view, id);
    if (!bytes) throw new RangeError(`Cannot find the bundle of model "${id}"`);
    return (await openBundle(bytes, { tenantId, trustedKeys, id })).model;
  });
  const store = createTenantEdgeStore(database, tenantId, { now });
  const ingest = createIngest({
    tenantId,
    store,
    openModel,
    now,
    clockMode: tenant.clock_mode === "replay" ? "replay" : "live",
    onCommitted: countCommitted(metrics),
    onBadBundle: onError,
  });
  const stored = new StoredQuarantine(database, tenantId, () => store.revision());
  const { quarantine } = stored;
  return {
    ingest,
    quarantine: stored,
    intake: createTenantIntake({ database, tenantId, ingest, quarantine, now, newId }),
    models: createModelCatalog(view, openModel, () => store.revision()),
    incidents: createIncidentCatalog(view),
    findAnomaly: (id) => findStoredAnomaly(view, id, openModel),
    close: () => store.close(),
  };
}

async function* liveTenants(database: Database): AsyncGenerator<Tenant> {
  let page = await listTenants(database, { first: TENANTS_PER_PAGE });
  for (;;) {
    yield* page.items.filter((tenant) => tenant.clock_mode === "live");
    if (!page.hasNext) return;
    const { name, id } = page.items[page.items.length - 1];
    page = await listTenants(database, { first: TENANTS_PER_PAGE, after: [name, id] });
  }
}
