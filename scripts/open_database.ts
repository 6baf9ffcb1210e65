import { ConfigError, type GatewayConfig, readConfig } from "../api/config.ts";
import { type Database, FileLockedError, openDatabase, StorageError } from "../domain/mod.ts";
import { migrateUp, migrationStatus } from "../migrations/mod.ts";
import { DependencyError, EXIT, TaskError, UsageError } from "./kit/mod.ts";

/**
 * The gateway's settings, with the flags of a task above them.
 *
 * @throws {UsageError} naming the setting that cannot be used.
 */
export function taskConfig(
  flags: Readonly<Record<string, string | undefined>> = {},
): GatewayConfig {
  try {
    return readConfig((name) => flags[name] ?? Deno.env.get(name));
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Opens the configured database, and its folder when that is missing.
 *
 * @param holder What this process calls itself to others that find the file in use.
 * @throws {DependencyError} when another process holds it, naming that, or when it does not answer.
 */
export async function openConfiguredDatabase(
  config: GatewayConfig,
  holder: string,
): Promise<Database> {
  return await orDependencyError(async () => {
    if (config.databaseUrl.startsWith("file:")) {
      await Deno.mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    }
    const { databaseUrl: url, databaseToken: authToken } = config;
    return await openDatabase({ url, authToken, now: Date.now, holder });
  });
}

/**
 * As `openConfiguredDatabase`, with this version's tables. An empty database is given them; one that has
 * data is never changed on the way.
 *
 * @throws {TaskError} when migrations of a database with data are pending.
 */
export async function openMigratedDatabase(
  config: GatewayConfig,
  holder: string,
): Promise<Database> {
  const database = await openConfiguredDatabase(config, holder);
  try {
    await orDependencyError(() => ensureTables(database));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function ensureTables(database: Database): Promise<void> {
  const migrations = await database.migrate(migrationStatus);
  const pending = migrations.filter(({ executedAt }) => executedAt === undefined);
  if (pending.length === migrations.length) {
    await database.migrate(migrateUp);
  } else if (pending.length > 0) {
    const names = pending.map(({ name }) => name).join(", ");
    throw new TaskError(
      EXIT.failedCheck,
      `Cannot use the database as ${names} is pending: back it up and run deno task migrate`,
    );
  }
}

/** Runs work on the database; a database that cannot be had is a `DependencyError`. */
export async function orDependencyError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileLockedError || error instanceof StorageError) {
      throw new DependencyError(error.message, { cause: error });
    }
    throw error;
  }
}
