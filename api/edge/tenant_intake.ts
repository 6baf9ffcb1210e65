import {
  createUnknownNames,
  type Database,
  findMappingRules,
  type MappingRules,
} from "../../domain/mod.ts";
import { createIntake, type Ingest, type Intake, type Quarantine } from "../../scoring/edge/mod.ts";

/** How long rules are believed: a change holds a second after it is made, in every process. */
const RULES_TRUE_MS = 1_000;

export interface TenantIntakeOptions {
  readonly database: Database;
  readonly tenantId: string;
  readonly ingest: Ingest;
  readonly quarantine: Quarantine;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** The intake of a tenant's senders: its own rules, and names made in its database. */
export function createTenantIntake(options: TenantIntakeOptions): Intake {
  const { database, tenantId, ingest, quarantine, now, newId } = options;
  const tenant = database.tenant(tenantId);
  return createIntake({
    ingest,
    quarantine,
    now,
    settings: remembered(() => findMappingRules(tenant), now),
    create: ({ devices, metrics }) => {
      const names = {
        devices,
        metrics: metrics.map(({ metric, unit, kind }) => ({ name: metric, unit, dataType: kind })),
      };
      return createUnknownNames(database, tenant, names, { now, newId });
    },
  });
}

function remembered(
  read: () => Promise<MappingRules>,
  now: () => number,
): () => Promise<MappingRules> {
  let known: Promise<MappingRules> | undefined;
  let readAt = -Infinity;
  return () => {
    if (known !== undefined && now() - readAt < RULES_TRUE_MS && now() >= readAt) return known;
    readAt = now();
    const reading = read();
    reading.catch(() => {
      if (known === reading) known = undefined;
    });
    return known = reading;
  };
}
