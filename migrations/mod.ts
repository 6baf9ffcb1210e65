import type { Kysely } from "kysely";
import { type Migration, type MigrationResult, Migrator } from "kysely/migration";
import * as foundation from "./0001_foundation.ts";
import * as mappingRules from "./0002_mapping_rules.ts";
import * as edgeSketches from "./0003_edge_sketches.ts";
import * as labels from "./0004_labels.ts";
import * as silences from "./0005_silences.ts";
import * as forwarding from "./0006_forwarding.ts";
import * as driftReports from "./0007_drift_reports.ts";
import * as quarantinedSeries from "./0008_quarantined_series.ts";

/** In the order in which they run. A merged migration is never edited. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001_foundation": foundation,
  "0002_mapping_rules": mappingRules,
  "0003_edge_sketches": edgeSketches,
  "0004_labels": labels,
  "0005_silences": silences,
  "0006_forwarding": forwarding,
  "0007_drift_reports": driftReports,
  "0008_quarantined_series": quarantinedSeries,
};

/** A migration, and when it was run, where it was. */
export interface MigrationStatus {
  readonly name: string;
  /** Wall clock, ms. */
  readonly executedAt: number | undefined;
}

/** Runs all migrations that are missing; gives their names. Rejects, with nothing changed, when one fails. */
export async function migrateUp(db: Kysely<unknown>): Promise<string[]> {
  return namesOf(await migrator(db).migrateToLatest());
}

/** Takes back the newest migration, and its data with it; gives its name, nothing when there is none. */
export async function migrateDown(db: Kysely<unknown>): Promise<string[]> {
  return namesOf(await migrator(db).migrateDown());
}

/** All migrations in their order. */
export async function migrationStatus(db: Kysely<unknown>): Promise<MigrationStatus[]> {
  const migrations = await migrator(db).getMigrations();
  return migrations.map(({ name, executedAt }) => ({ name, executedAt: executedAt?.getTime() }));
}

function migrator(db: Kysely<unknown>): Migrator {
  return new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
}

function namesOf({ error, results = [] }: {
  error?: unknown;
  results?: readonly MigrationResult[];
}): string[] {
  if (error !== undefined) throw error;
  return results.map((result) => result.migrationName);
}
