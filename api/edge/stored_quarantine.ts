import { type Database, findKnownSeries, ownQuarantineStatements } from "../../domain/mod.ts";
import { Quarantine, type QuarantinedSeries } from "../../scoring/edge/mod.ts";

/** What a tenant's own intake keeps out in this process, stored from time to time. */
export class StoredQuarantine {
  readonly quarantine = new Quarantine();
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #revision: () => number;
  /** Each series as it was when it was last stored. */
  readonly #stored = new Map<string, QuarantinedSeries>();
  /** What could not be stored the last time. */
  #pending = new Map<string, QuarantinedSeries>();
  #lookedAt = -1;

  /** @param revision Changes with the tenant's devices and metrics. */
  constructor(database: Database, tenantId: string, revision: () => number) {
    this.#database = database;
    this.#tenantId = tenantId;
    this.#revision = revision;
  }

  /** Lets series go whose names are known by now, and adds to the others what was kept out since. */
  async store(): Promise<void> {
    await this.#forgetKnown();
    for (const series of this.quarantine.takeChanged()) this.#pending.set(keyOf(series), series);
    if (this.#pending.size === 0) return;
    const told = [...this.#pending.values()];
    const statements = ownQuarantineStatements(this.#tenantId, told.map((one) => this.#since(one)));
    await this.#database.writer.commit({ statements });
    for (const series of told) this.#stored.set(keyOf(series), series);
    this.#pending = new Map();
  }

  async #forgetKnown(): Promise<void> {
    const revision = this.#revision();
    const listed = this.quarantine.list();
    if (revision === this.#lookedAt || listed.length === 0) return;
    const tenant = this.#database.tenant(this.#tenantId);
    const known = new Set((await findKnownSeries(tenant, listed)).map(keyOf));
    this.quarantine.forget((series) => known.has(keyOf(series)));
    for (const key of known) {
      this.#stored.delete(key);
      this.#pending.delete(key);
    }
    this.#lookedAt = revision;
  }

  /** What was counted since it was stored; all where it was forgotten and listed anew meanwhile. */
  #since(series: QuarantinedSeries): QuarantinedSeries {
    const stored = this.#stored.get(keyOf(series));
    const isSame = stored?.firstSeenAt === series.firstSeenAt && stored.points <= series.points;
    return isSame ? { ...series, points: series.points - stored.points } : series;
  }
}

/** Names have no control characters, so the pair is told apart. */
function keyOf({ device, metric }: Pick<QuarantinedSeries, "device" | "metric">): string {
  return `${device}\n${metric}`;
}
