import { sql } from "kysely";
import { type MetricProfile, nextVocabulary, type Vocabulary } from "../../scoring/edge/store.ts";
import { nextTurn } from "../storage/next_turn.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** Metrics read at once: some milliseconds, in which no other request of the process goes on. */
const METRICS_PER_READ = 1_000;

type NamedMetric = readonly [name: string, profile: MetricProfile];

/** How far a tenant's metrics were read. */
interface Extent {
  readonly count: number;
  /** Sum of all versions: grows with every change. */
  readonly versions: number;
}

/** A tenant's metrics as its devices share them, read once for each change of configuration. */
export class MetricVocabulary {
  readonly #tenant: TenantDb;
  #metrics = new Map<string, MetricProfile>();
  #extent: Extent = { count: 0, versions: 0 };
  /** Row that was read last: metrics are never deleted, so that new ones lie behind it. */
  #lastRow = 0;
  #reading: { readonly revision: number; readonly done: Promise<Vocabulary> } | undefined;
  /** One after the other: each goes on from where the one before has ended. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(tenant: TenantDb) {
    this.#tenant = tenant;
  }

  /** As it is at this revision of the configuration or a later one. */
  at(revision: number): Promise<Vocabulary> {
    if (this.#reading?.revision === revision) return this.#reading.done;
    const done = this.#turn.then(() => this.#read());
    const reading = { revision, done };
    this.#reading = reading;
    this.#turn = done.catch(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    return done;
  }

  async #read(): Promise<Vocabulary> {
    const before = this.#extent;
    const extent = await this.#readExtent();
    const added = extent.count - before.count;
    if (extent.versions - before.versions === added && await this.#readAdded(added)) {
      this.#extent = extent;
      return this.#metrics;
    }
    this.#lastRow = 0;
    const metrics = await this.#readRows();
    this.#metrics = nextVocabulary(this.#metrics, metrics);
    this.#extent = extent;
    return this.#metrics;
  }

  /** Whether what was added are all rows behind the last one; they may have been numbered anew. */
  async #readAdded(added: number): Promise<boolean> {
    if (added === 0) return true;
    const metrics = await this.#readRows();
    if (metrics.length < added) return false;
    for (const [name, profile] of metrics) this.#metrics.set(name, profile);
    return true;
  }

  #readExtent(): Promise<Extent> {
    return this.#tenant.db.selectFrom("metric_definitions")
      .select((eb) => [
        eb.fn.countAll<number>().as("count"),
        sql<number>`total(version)`.as("versions"),
      ])
      .where("tenant_id", "=", this.#tenant.tenantId).executeTakeFirstOrThrow();
  }

  /** All behind the row that was read last. */
  async #readRows(): Promise<NamedMetric[]> {
    const metrics: NamedMetric[] = [];
    for (;;) {
      const rows = await this.#tenant.db.selectFrom("metric_definitions")
        .select(["id", "name", "category", "min_value", "max_value", sql<number>`rowid`.as("row")])
        .where("tenant_id", "=", this.#tenant.tenantId)
        .where(sql<boolean>`rowid > ${this.#lastRow}`).orderBy(sql`rowid`)
        .limit(METRICS_PER_READ).execute();
      for (const { id, name, category, min_value: minValue, max_value: maxValue, row } of rows) {
        metrics.push([name, { metricId: id, category, minValue, maxValue }]);
        this.#lastRow = row;
      }
      if (rows.length < METRICS_PER_READ) return metrics;
      await nextTurn();
    }
  }
}
